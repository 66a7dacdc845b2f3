package dev.mpo.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TileGridTest {

    // Recorded from CPython 3.11: hash((1, 1)), hash((4, 3)), hash((1, 12)).
    @Test
    void tupleHashesAreCpythons() {
        assertThat(PythonTupleSet.tupleHash(1, 1)).isEqualTo(8389048192121911274L);
        assertThat(PythonTupleSet.tupleHash(4, 3)).isEqualTo(-2624276368889032825L);
        assertThat(PythonTupleSet.tupleHash(1, 12)).isEqualTo(2728421146282458785L);
    }

    @Test
    void candidatesOfThreeToEightCellsComeInCpythonsOrder() {
        assertThat(text(TileGrid.candidates(3, 8)))
                .isEqualTo("3x1 1x3 4x1 1x4 2x2 1x5 5x1 6x1 2x3 1x6 3x2 7x1 1x7 2x4 1x8 8x1 4x2");
    }

    // SHA-256 of the list "1x1 1x2 ...", recorded from CPython 3.11; the last one passes 50,000 pairs, where sets
    // start to grow more slowly.
    @ParameterizedTest
    @CsvSource({
        "1, 100, 482, 8adbc6da1e31773b069035aaab0b296dfa8c0969b4846cfa027b1311127e46a3",
        "7, 300, 1753, 94b60d9265f829fcb93a0b8f048b2e54b08d9dd7981f3bf71f2a078d70c06409",
        "1, 1000, 7069, cbc1682eafc6af7548b0e506037251d2cbff45b755579b60d6f6aa4c04009c2f",
        "50, 2000, 15317, 4674c12f0f9bc83359e9f9e3541ffbf5fde43a30f0d46cff240616c6b2f1e829",
        "1, 10000, 93668, 213961bf4d7254b7288781f6b96ed840282014e65d18d83dc4290e43deecd0db"
    })
    void longCandidateListsComeInCpythonsOrder(int min, int max, int count, String sha256) {
        List<TileGrid> candidates = TileGrid.candidates(min, max);
        assertThat(candidates).hasSize(count);
        assertThat(Pixels.sha256(text(candidates).getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(sha256);
    }

    @Test
    void noCandidatesGiveASingleCell() {
        assertThat(TileGrid.candidates(5, 4)).isEmpty();
        assertThat(TileGrid.closest(900, 300, List.of(), 448)).isEqualTo(new TileGrid(1, 1));
    }

    // A square image is equally close to 1x1, 2x2 and 3x3. Half of 2x2 tiles of 448 is 401,408 pixels = 633.6 squared.
    @Test
    void aTieGoesToTheLargerGridOnlyAboveHalfOfItsArea() {
        List<TileGrid> candidates = TileGrid.candidates(1, 6);
        assertThat(TileGrid.closest(633, 633, candidates, 448)).isEqualTo(new TileGrid(1, 1));
        assertThat(TileGrid.closest(634, 634, candidates, 448)).isEqualTo(new TileGrid(2, 2));
    }

    @Test
    void tileCountIncludesTheThumbnailOnlyForMoreThanOneCell() {
        TileOptions options = TileOptions.defaults();
        assertThat(TileGrid.tileCount(448, 448, options)).isEqualTo(1);
        assertThat(TileGrid.tileCount(896, 448, options)).isEqualTo(3);
        assertThat(TileGrid.tileCount(896, 448, options.withMaxTiles(1))).isEqualTo(1);
    }

    private static String text(List<TileGrid> grids) {
        return grids.stream().map(grid -> grid.cols() + "x" + grid.rows()).collect(Collectors.joining(" "));
    }
}
