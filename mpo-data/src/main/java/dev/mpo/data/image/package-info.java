/**
 * From an image file to the square 8-bit tiles that the vision tower sees, equal to Pillow bit for bit.
 *
 * <p>{@link dev.mpo.data.image.ImageDecoder} turns a file into {@link dev.mpo.data.image.RgbImage},
 * {@link dev.mpo.data.image.Tiler} cuts it into {@link dev.mpo.data.image.Tiles} with the grid chosen by
 * {@link dev.mpo.data.image.TileGrid} and the resize of {@link dev.mpo.data.image.BicubicResize}. Pair encoding and the
 * {@code data tiles} command depend on this package; it depends on no other package of the project but the failures of
 * mpo-core. Start reading at {@code Tiler}.
 */
@NullMarked
package dev.mpo.data.image;

import org.jspecify.annotations.NullMarked;
