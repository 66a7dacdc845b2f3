import dev.mpo.data.image.ImageDecoder;
import dev.mpo.data.image.RgbImage;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.image.Tiler;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Megapixels per second of processor time that one thread decodes, and decodes and tiles; beside {@code
 * image_speed.py}, which does the same with Pillow: {@code java -cp 'LIB/*' scripts/compare/ImageSpeed.java FILE..}
 */
public final class ImageSpeed {
    public static void main(String[] files) throws Exception {
        for (String file : files) {
            byte[] bytes = Files.readAllBytes(Path.of(file));
            for (boolean tile : new boolean[] {false, true}) {
                run(bytes, tile, 3);
                System.out.printf("java   %s %s %.1f%n", file, tile ? "decode+tile" : "decode", run(bytes, tile, 3));
            }
        }
    }

    private static double run(byte[] bytes, boolean tile, double seconds) {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long pixels = 0;
        double used = 0;
        while (used < seconds) {
            RgbImage image = ImageDecoder.decode(bytes, "speed");
            if (tile) {
                Tiler.tile(image, TileOptions.defaults());
            }
            pixels += (long) image.width() * image.height();
            used = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;
        }
        return pixels / used / 1e6;
    }
}
