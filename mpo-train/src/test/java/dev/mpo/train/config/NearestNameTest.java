package dev.mpo.train.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NearestNameTest {

    @Test
    void distanceCountsInsertionsDeletionsAndReplacements() {
        assertThat(NearestName.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(NearestName.distance("", "abc")).isEqualTo(3);
        assertThat(NearestName.distance("abc", "abc")).isZero();
    }

    @Test
    void aRightLastPartOutweighsAWrongParent() {
        assertThat(NearestName.ofPath("optim.seed", List.of("optim.beta", "train.seed")))
                .isEqualTo("train.seed");
    }
}
