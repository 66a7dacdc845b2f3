package dev.mpo.data.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import javax.imageio.ImageReader;
import org.w3c.dom.Node;

/** Decodes the first frame of a GIF, placed on the file's screen as Pillow places it. */
final class GifDecoder {

    private static final String FRAME_FORMAT = "javax_imageio_gif_image_1.0";

    private GifDecoder() {}

    /** Decodes with a reader whose input is set to {@code gif}. */
    static RgbImage decode(ImageReader reader, byte[] gif, long maxPixels) throws IOException {
        BufferedImage picture = reader.read(0);
        RgbImage frame = RasterPixels.toRgb(picture);
        Node descriptor = frameDescriptor(reader);
        int left = attribute(descriptor, "imageLeftPosition");
        int top = attribute(descriptor, "imageTopPosition");
        // A frame that sticks out of the screen enlarges it.
        int width = Math.max(unsignedShort(gif, 6), left + frame.width());
        int height = Math.max(unsignedShort(gif, 8), top + frame.height());
        if (width == frame.width() && height == frame.height()) {
            return frame;
        }
        PixelLimit.check(width, height, maxPixels);
        int background = backgroundColor(picture);
        RgbImage screen =
                RgbImage.filled(width, height, (background >> 16) & 0xff, (background >> 8) & 0xff, background & 0xff);
        frame.copyOnto(screen, left, top);
        return screen;
    }

    /** The colour around a first frame: that of the transparent index or, without one, of index 0. */
    private static int backgroundColor(BufferedImage picture) {
        IndexColorModel palette = (IndexColorModel) picture.getColorModel();
        return palette.getRGB(Math.max(0, palette.getTransparentPixel()));
    }

    private static Node frameDescriptor(ImageReader reader) throws IOException {
        Node root = reader.getImageMetadata(0).getAsTree(FRAME_FORMAT);
        for (Node node = root.getFirstChild(); node != null; node = node.getNextSibling()) {
            if ("ImageDescriptor".equals(node.getNodeName())) {
                return node;
            }
        }
        throw new IOException("no image descriptor");
    }

    private static int attribute(Node node, String name) {
        return Integer.parseInt(node.getAttributes().getNamedItem(name).getNodeValue());
    }

    private static int unsignedShort(byte[] bytes, int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
    }
}
