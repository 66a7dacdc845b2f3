package dev.mpo.data.synth;

import java.awt.Polygon;
import java.awt.Rectangle;
import java.awt.geom.Ellipse2D;
import java.util.Locale;

/** The form of a drawn shape. */
enum ShapeKind {
    CIRCLE,
    SQUARE,
    TRIANGLE;

    /** Returns the English noun for this form. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the outline of this form around a centre, in pixels; the three forms reach equally far from it. */
    java.awt.Shape outline(int centreX, int centreY, int radius) {
        return switch (this) {
            case CIRCLE -> new Ellipse2D.Double(centreX - radius, centreY - radius, 2.0 * radius, 2.0 * radius);
            case SQUARE -> new Rectangle(centreX - radius, centreY - radius, 2 * radius, 2 * radius);
            case TRIANGLE ->
                new Polygon(
                        new int[] {centreX - radius, centreX + radius, centreX},
                        new int[] {centreY + radius, centreY + radius, centreY - radius},
                        3);
        };
    }
}
