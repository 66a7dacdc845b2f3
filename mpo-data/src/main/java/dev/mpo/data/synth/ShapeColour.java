package dev.mpo.data.synth;

import java.awt.Color;
import java.util.Locale;

/** The fill colour of a shape: four colours that stay far apart after resizing and normalisation. */
enum ShapeColour {
    RED(0xD8, 0x1E, 0x1E),
    GREEN(0x1F, 0xA0, 0x3C),
    BLUE(0x1E, 0x46, 0xD8),
    YELLOW(0xF2, 0xC4, 0x0F);

    private final int red;
    private final int green;
    private final int blue;

    ShapeColour(int red, int green, int blue) {
        this.red = red;
        this.green = green;
        this.blue = blue;
    }

    /** Returns the English adjective for this colour. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the colour for Java2D. */
    Color paint() {
        return new Color(red, green, blue);
    }
}
