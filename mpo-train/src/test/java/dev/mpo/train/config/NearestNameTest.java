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
        assertThat(NearestName.nearPath("optim.seed", List.of("optim.beta", "train.seed")))
                .hasValue("train.seed");
    }

    @Test
    void whatIsNotNearIsNotSuggested() {
        List<String> keys = List.of("data.urls.retries", "train.seed", "loss.beta");
        assertThat(NearestName.nearPath("optimizer", keys)).isEmpty();
        assertThat(NearestName.nearPath("train.deterministic", keys)).isEmpty();
        assertThat(NearestName.near("--modle", List.of("--model", "--meta"))).hasValue("--model");
    }
}
