package dev.mpo.bench;

import dev.mpo.data.image.BicubicResize;
import dev.mpo.data.image.ImageDecoder;
import dev.mpo.data.image.RgbImage;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.image.Tiler;
import dev.mpo.data.image.Tiles;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From the bytes of a JPEG file to the tiles that the vision tower sees. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH sets every field before the first call
public class ImageBenchmark {

    /** Width of the image in pixels. */
    @Param("1920")
    public int width;

    /** Height of the image in pixels. */
    @Param("1080")
    public int height;

    private byte[] jpeg;
    private RgbImage image;

    /** Paints a picture of gradients with some noise and compresses it. */
    @Setup
    public void paint() throws IOException {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int noise = random.nextInt(16);
                int red = 239 * x / width + noise;
                int green = 239 * y / height + noise;
                picture.setRGB(x, y, red << 16 | green << 8 | (red + green) / 2);
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(picture, "jpg", out);
        jpeg = out.toByteArray();
        image = ImageDecoder.decode(jpeg, "benchmark");
    }

    /** Decodes the file. */
    @Benchmark
    public RgbImage decodeJpeg() {
        return ImageDecoder.decode(jpeg, "benchmark");
    }

    /** Resizes to 3 x 2 tiles. */
    @Benchmark
    public RgbImage resize() {
        return BicubicResize.resize(image, 1344, 896);
    }

    /** Decodes, resizes and cuts into tiles, thumbnail included. */
    @Benchmark
    public Tiles decodeAndTile() {
        return Tiler.tile(decodeJpeg(), TileOptions.defaults());
    }
}
