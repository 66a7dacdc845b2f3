package dev.mpo.data.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PictureWorldTest {

    private final PictureWorld world = new PictureWorld(112, 3);

    @Test
    void shapesLieInsideThePicture() {
        for (int i = 0; i < 200; i++) {
            Picture picture = i % 2 == 0 ? world.single() : world.several(1 + i % 3);
            assertThat(picture.shapes()).allSatisfy(shape -> {
                assertThat(shape.centreX() - shape.radius()).isNotNegative();
                assertThat(shape.centreX() + shape.radius()).isLessThan(picture.width());
                assertThat(shape.centreY() - shape.radius()).isNotNegative();
                assertThat(shape.centreY() + shape.radius()).isLessThan(picture.height());
            });
        }
    }

    @Test
    void severalShapesDoNotOverlap() {
        for (int i = 0; i < 100; i++) {
            Picture picture = world.several(3);
            assertThat(picture.shapes()).hasSize(3);
            for (Shape first : picture.shapes()) {
                for (Shape second : picture.shapes()) {
                    int distance = Math.max(
                            Math.abs(first.centreX() - second.centreX()), Math.abs(first.centreY() - second.centreY()));
                    assertThat(first.equals(second) || distance > first.radius() + second.radius())
                            .isTrue();
                }
            }
        }
    }

    @Test
    void widePicturesKeepLeftAndRightApart() {
        Picture picture = world.wide(ShapeColour.RED, ShapeColour.BLUE);
        assertThat(picture.width()).isEqualTo(224);
        assertThat(picture.shapes().get(0).centreX()).isLessThan(112);
        assertThat(picture.shapes().get(0).colour()).isEqualTo(ShapeColour.RED);
        assertThat(picture.shapes().get(1).centreX()).isGreaterThan(112);
        assertThat(picture.shapes().get(1).colour()).isEqualTo(ShapeColour.BLUE);
    }

    @Test
    void drawnShapesHaveTheirColourAtTheCentreAndBackgroundInTheCorners() {
        for (ShapeColour colour : ShapeColour.values()) {
            Picture picture = world.single(colour);
            var image = picture.draw();
            Shape shape = picture.only();
            assertThat(image.getRGB(shape.centreX(), shape.centreY()))
                    .isEqualTo(colour.paint().getRGB());
            int grey = picture.grey();
            assertThat(image.getRGB(0, 0) & 0xFFFFFF).isEqualTo(grey << 16 | grey << 8 | grey);
        }
    }

    @Test
    void noPictureComesTwice() {
        Set<Picture> seen = new HashSet<>();
        for (int i = 0; i < 2000; i++) {
            assertThat(seen.add(world.single())).isTrue();
        }
    }

    @Test
    void picturesTooSmallToReadAreRefused() {
        assertThatThrownBy(() -> new PictureWorld(20, 0)).hasMessageContaining("56");
    }

    @Test
    void sharesOfTheKindsAddUpToTheWhole() {
        int total = 0;
        for (QuestionKind kind : QuestionKind.values()) {
            total += kind.percent();
        }
        assertThat(total).isEqualTo(100);
    }
}
