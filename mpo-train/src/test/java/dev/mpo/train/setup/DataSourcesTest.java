package dev.mpo.train.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.data.meta.MetaEntry;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.train.config.RunConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSourcesTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void writeFiles() throws IOException {
        String row = "{\"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"r\"}\n";
        Files.writeString(folder.resolve("rows.jsonl"), row.repeat(10));
        Files.writeString(folder.resolve("a.json"), "{" + entry("ocr", 1) + ", " + entry("chart qa", 3) + "}");
        Files.writeString(folder.resolve("b.json"), "{" + entry("science", 2) + "}");
    }

    @Test
    void severalMetaFilesMakeOneMixtureInTheirOrder() {
        assertThat(pairs("data.meta=[\"b.json\",\"a.json\"]")).containsExactly("science 20", "ocr 10", "chart qa 30");
        assertThat(pairs("data.meta=a.json")).containsExactly("ocr 10", "chart qa 30");
    }

    @Test
    void settingsReplaceTheWeightsOfTheMetaFiles() {
        assertThat(pairs(
                        "data.meta=[\"a.json\",\"b.json\"]",
                        "data.repeat_time.science=0.5",
                        "data.repeat_time.chart qa=0",
                        "data.repeat_time.ocr=2.9"))
                .containsExactly("ocr 20", "chart qa 0", "science 5");
    }

    @Test
    void anUnknownNameNamesTheNearest() {
        assertThatThrownBy(() -> entries("data.meta=a.json", "data.repeat_time.orc=2", "data.repeat_time.science=1"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("data.repeat_time.orc: no data set has this name; the nearest is ocr")
                .hasMessageContaining("data.repeat_time.science: no data set has this name")
                .hasMessageContaining("all: ocr, chart qa");
    }

    @Test
    void namesMustDifferOverAllMetaFiles() {
        assertThatThrownBy(() -> entries("data.meta=[\"a.json\",\"a.json\"]"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("\"ocr\": this name is taken by");
    }

    @Test
    void withoutAMetaFileTheSettingIsNamed() {
        assertThatThrownBy(DataSourcesTest.this::entries)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--meta");
    }

    private static String entry(String name, int repeatTime) {
        return "\"%s\": {\"root\": \"\", \"annotation\": \"rows.jsonl\", \"repeat_time\": %d}"
                .formatted(name, repeatTime);
    }

    private List<MetaEntry> entries(String... settings) {
        return DataSources.entries(config(settings).data());
    }

    private List<String> pairs(String... settings) {
        List<PairDataset> datasets = DataSources.open(config(settings).data());
        List<String> pairs = datasets.stream()
                .map(dataset -> dataset.name() + " " + dataset.pairsPerEpoch())
                .toList();
        datasets.forEach(PairDataset::close);
        return pairs;
    }

    private RunConfig config(String... settings) {
        String[] placed = new String[settings.length];
        for (int i = 0; i < settings.length; i++) {
            placed[i] = settings[i].replaceAll("([ab]\\.json)", folder + "/$1");
        }
        return RunConfig.defaults().with(placed);
    }
}
