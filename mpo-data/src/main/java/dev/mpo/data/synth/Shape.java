package dev.mpo.data.synth;

/**
 * One filled shape of a picture.
 *
 * @param kind its form
 * @param colour its fill
 * @param centreX column of its centre in pixels
 * @param centreY row of its centre in pixels
 * @param radius distance in pixels from the centre to its left edge
 */
record Shape(ShapeKind kind, ShapeColour colour, int centreX, int centreY, int radius) {}
