package dev.mpo.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.DataException;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageSizeTest {

    @TempDir
    private Path folder;

    @Test
    void theHeaderTellsTheSizeOfTheDecodedImage() throws IOException {
        Path images = SharedFiles.require("goldens/dataset/images");
        try (Stream<Path> walk = Files.walk(images)) {
            List<Path> files = walk.filter(Files::isRegularFile).toList();
            assertThat(files).isNotEmpty();
            for (Path file : files) {
                RgbImage decoded = ImageDecoder.decode(file);
                assertThat(ImageSize.read(file))
                        .as(file.toString())
                        .isEqualTo(new ImageSize(decoded.width(), decoded.height()));
            }
        }
    }

    @Test
    void missingAndForeignFilesAreRefusedAsInDecoding() throws IOException {
        assertThatThrownBy(() -> ImageSize.read(folder.resolve("none.png")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("none.png");
        Path text = Files.writeString(folder.resolve("text.png"), "<html>");
        assertThatThrownBy(() -> ImageSize.read(text))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("markup");
    }
}
