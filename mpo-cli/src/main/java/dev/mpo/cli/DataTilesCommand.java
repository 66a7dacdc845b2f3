package dev.mpo.cli;

import dev.mpo.core.ConfigException;
import dev.mpo.data.image.DecodeOptions;
import dev.mpo.data.image.ImageDecoder;
import dev.mpo.data.image.RgbImage;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.image.Tiler;
import dev.mpo.data.image.Tiles;
import dev.mpo.data.source.MediaSource;
import dev.mpo.data.source.UrlOptions;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mpo data tiles}: writes the tiles that the vision tower would see of one image. */
@Command(
        name = "tiles",
        description = "Writes the tiles of one image as PNG files 00.png, 01.png, ..., row by row, the thumbnail last.")
final class DataTilesCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Parameters(
            paramLabel = "IMAGE",
            description = "JPEG, PNG, GIF, BMP, TIFF or WebP: a file, archive.zip!/path, or an address.")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command line without it
    private String image;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Folder for the tiles; made if missing.")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command line without it
    private Path out;

    @Option(
            names = "--max-dynamic-patch",
            paramLabel = "N",
            defaultValue = "12",
            description = "Most tiles, the thumbnail not counted.")
    private int maxTiles;

    @Option(names = "--min-dynamic-patch", paramLabel = "N", defaultValue = "1", description = "Fewest tiles.")
    private int minTiles;

    @Option(names = "--image-size", paramLabel = "S", defaultValue = "448", description = "Side of a tile, in pixels.")
    private int imageSize;

    @Option(
            names = "--thumbnail",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "End several tiles with one of the whole image.")
    private boolean thumbnail;

    /**
     * What the command did.
     *
     * @param image the image
     * @param width its width in pixels
     * @param height its height in pixels
     * @param numTiles the number of tiles written
     * @param files the files in the order of the tiles
     */
    private record Result(String image, int width, int height, int numTiles, List<String> files) {}

    @Override
    public Integer call() {
        RgbImage pixels = decode();
        Tiles tiles = Tiler.tile(pixels, new TileOptions(imageSize, minTiles, maxTiles, thumbnail, true));
        List<String> files = write(tiles);
        Result result = new Result(image, pixels.width(), pixels.height(), tiles.count(), files);
        if (Mpo.of(spec.commandLine()).json()) {
            JsonOutput.print(spec.commandLine().getOut(), result);
        } else {
            spec.commandLine()
                    .getOut()
                    .println(image + " (" + pixels.width() + "x" + pixels.height() + "): " + tiles.count()
                            + " tiles of " + imageSize + "x" + imageSize + " in " + out);
        }
        return ExitCodes.OK;
    }

    private RgbImage decode() {
        try (MediaSource source = MediaSource.create(UrlOptions.allowed())) {
            return ImageDecoder.decode(source.find(Path.of(""), image), DecodeOptions.defaults());
        }
    }

    private List<String> write(Tiles tiles) {
        List<String> files = new ArrayList<>();
        try {
            Files.createDirectories(out);
            for (int i = 0; i < tiles.count(); i++) {
                Path file = out.resolve(String.format(Locale.ROOT, "%02d.png", i));
                ImageIO.write(buffered(tiles.tile(i)), "png", file.toFile());
                files.add(file.toString());
            }
        } catch (IOException e) {
            throw new ConfigException("cannot write tiles to " + out + " (" + e + "): choose another --out folder", e);
        }
        return files;
    }

    private static BufferedImage buffered(RgbImage tile) {
        BufferedImage image = new BufferedImage(tile.width(), tile.height(), BufferedImage.TYPE_INT_RGB);
        int[] rgb = new int[tile.width() * tile.height()];
        byte[] bytes = tile.pixels();
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (bytes[3 * i] & 0xff) << 16 | (bytes[3 * i + 1] & 0xff) << 8 | (bytes[3 * i + 2] & 0xff);
        }
        image.setRGB(0, 0, tile.width(), tile.height(), rgb, 0, tile.width());
        return image;
    }
}
