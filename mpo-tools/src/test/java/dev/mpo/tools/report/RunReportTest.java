package dev.mpo.tools.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.DataException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class RunReportTest {

    @TempDir
    Path runDir;

    @Test
    void pageIsWellFormedAndLoadsNothingFromElsewhere() throws Exception {
        writeRun(200);
        String page = Files.readString(RunReport.write(runDir));
        assertThat(parse(page).getElementsByTagName("svg").getLength()).isEqualTo(10);
        assertThat(page).doesNotContain("<script", "http://", "https://", "@import", "url(");
    }

    @Test
    void headlineShowsHeldOutAccuracyAndMarginBeforeAndAfter() throws Exception {
        writeRun(50);
        String page = Files.readString(RunReport.write(runDir));
        assertThat(page).contains("92.5 %", "before 51.0 %", "0.688", "50 steps", "400 pairs");
    }

    @Test
    void headlineFallsBackToTrainingMetricsWithoutAnEvaluation() throws Exception {
        writeMetrics(50);
        String page = Files.readString(RunReport.write(runDir));
        assertThat(page).contains("Training accuracy", "Training reward margin").doesNotContain("Held-out");
        parse(page);
    }

    @Test
    void dataSetsExamplesSettingsAndProvenanceAreShown() throws Exception {
        writeRun(20);
        String page = Files.readString(RunReport.write(runDir));
        assertThat(page)
                .contains("shapes_colour", "What colour is the &lt;b&gt;circle&lt;/b&gt;?", "The circle is red.")
                .contains("train.learning_rate", "0.001", "abc123", "-7.25", "✓ prefers the chosen answer");
    }

    @Test
    void picturesAreInlineAndDecode() throws Exception {
        writeRun(20);
        Matcher uri = Pattern.compile("data:image/png;base64,([A-Za-z0-9+/=]+)")
                .matcher(Files.readString(RunReport.write(runDir)));
        assertThat(uri.find()).isTrue();
        BufferedImage image =
                ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(uri.group(1))));
        assertThat(image.getWidth()).isEqualTo(240);
        assertThat(image.getHeight()).isEqualTo(120);
    }

    @Test
    void missingPicturesAreNamedNotFatal() throws Exception {
        writeRun(20);
        Files.delete(runDir.resolve("picture.png"));
        assertThat(Files.readString(RunReport.write(runDir))).contains("picture not found");
    }

    @Test
    void oneStepAndConstantValuesMakeAValidPage() throws Exception {
        Files.writeString(runDir.resolve("metrics.jsonl"), "{\"step\":1,\"loss\":0.5,\"grad_norm\":0}\n");
        parse(Files.readString(RunReport.write(runDir)));
    }

    @Test
    void missingValuesBreakTheLineNotThePage() throws Exception {
        Files.writeString(
                runDir.resolve("metrics.jsonl"),
                "{\"step\":1,\"loss\":0.5}\n{\"step\":2,\"loss\":null}\n{\"step\":3,\"loss\":\"NaN\"}\n{\"step\":4,\"loss\":0.1}\n");
        String page = Files.readString(RunReport.write(runDir));
        parse(page);
        assertThat(page).doesNotContain("NaN");
    }

    @Test
    void directoriesWithoutMetricsAreRefusedWithTheFileAndTheFix() {
        assertThatThrownBy(() -> RunReport.write(runDir))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("metrics.jsonl")
                .hasMessageContaining("--output");
    }

    @Test
    void malformedLinesAreNamedAndACutOffLastLineIsNot() throws IOException {
        Path metrics = runDir.resolve("metrics.jsonl");
        Files.writeString(metrics, "{\"step\":1,\"loss\":0.5}\n{\"step\":2,\"lo");
        assertThat(RunReport.write(runDir)).exists();
        Files.writeString(metrics, "{\"step\":1,\"loss\":0.5}\n[3]\n{\"step\":3,\"loss\":0.4}\n");
        assertThatThrownBy(() -> RunReport.write(runDir))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("metrics.jsonl:2");
    }

    @Test
    void evaluationSurvivesSavingAndLoading() {
        evaluation().save(runDir);
        assertThat(Evaluation.load(runDir)).contains(evaluation());
    }

    @Test
    void damagedEvaluationIsRefused() throws IOException {
        Files.writeString(runDir.resolve(Evaluation.FILE), "{\"pairs\":3}");
        assertThatThrownBy(() -> Evaluation.load(runDir))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("evaluation.json");
    }

    private void writeRun(int steps) throws IOException {
        writeMetrics(steps);
        evaluation().save(runDir);
        ImageIO.write(
                new BufferedImage(480, 240, BufferedImage.TYPE_INT_RGB),
                "png",
                runDir.resolve("picture.png").toFile());
        Files.writeString(runDir.resolve("config.resolved.yaml"), "train:\n  learning_rate: 0.001\n  seed: 3\n");
        Files.writeString(runDir.resolve("provenance.json"), "{\"commit\":\"abc123\",\"versions\":{\"java\":\"17\"}}");
    }

    private void writeMetrics(int steps) throws IOException {
        Random random = new Random(1);
        StringBuilder lines = new StringBuilder();
        for (int step = 1; step <= steps; step++) {
            double progress = step / (double) steps;
            lines.append(String.format(
                    Locale.ROOT,
                    "{\"step\":%d,\"loss\":%f,\"loss/sigmoid\":%f,\"loss/bco_pair\":%f,\"loss/sft\":%f,"
                            + "\"rewards/chosen\":%f,\"rewards/rejected\":%f,\"rewards/accuracies\":%f,"
                            + "\"rewards/margins\":%f,\"logps/chosen\":%f,\"logps/rejected\":%f,\"grad_norm\":%f,"
                            + "\"learning_rate\":%e,\"pairs\":8,\"tokens\":800,\"step_seconds\":0.1,\"peak_memory_bytes\":1048576000}%n",
                    step,
                    7 / (1 + 10 * progress) + 0.1 * random.nextDouble(),
                    0.69 - 0.3 * progress,
                    1.38 - 0.3 * progress,
                    6 / (1 + 20 * progress),
                    progress,
                    -progress + 0.1 * random.nextGaussian(),
                    Math.min(1, 0.5 + 0.5 * progress),
                    2 * progress + 0.2 * random.nextGaussian(),
                    -3 + progress,
                    -3 - progress,
                    1 + random.nextDouble(),
                    1e-3 * (1 - progress)));
        }
        Files.writeString(runDir.resolve("metrics.jsonl"), lines);
    }

    private static Evaluation evaluation() {
        Scores before = new Scores(0.51, 0, 0);
        Scores after = new Scores(0.925, 0.93, 0.688);
        PairExample example = new PairExample(
                "shapes_colour",
                List.of("picture.png"),
                "What colour is the <b>circle</b>?",
                "The circle is red.",
                "The circle is blue.",
                new PairScore(-30, -31, 0),
                new PairScore(-1, -7.25, 0.6));
        return new Evaluation(
                200, before, after, List.of(new DatasetScores("shapes_colour", 200, before, after)), List.of(example));
    }

    private static Document parse(String page) throws Exception {
        DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        return builder.parse(new InputSource(new StringReader(page)));
    }
}
