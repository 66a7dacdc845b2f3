package dev.mpo.eval.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.core.ConfigException;
import dev.mpo.core.generate.FinishReason;
import dev.mpo.core.generate.Generation;
import dev.mpo.core.generate.GenerationListener;
import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.data.text.Turn;
import dev.mpo.eval.generate.UnreliableServer.Mood;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client of servers against a real one, which misbehaves. */
class EndpointGeneratorTest {

    private static final GenerationOptions SAMPLED =
            GenerationOptions.greedy(64).withTemperature(1).withLimits(50, 1, 0).withSeed(3);

    private static EndpointOptions options(UnreliableServer server) {
        return EndpointOptions.of(server.url())
                .withConcurrency(8)
                .withPatience(4, Duration.ofMillis(700), Duration.ofMillis(2), Duration.ofMillis(20));
    }

    /** Keeps answers and failures by request and sample. */
    private static final class Collector implements GenerationListener {
        private final Map<String, Generation> answers = new TreeMap<>();
        private final Map<String, String> failures = new TreeMap<>();

        @Override
        public void onFinished(Generation answer) {
            assertThat(answers.put(answer.request() + "/" + answer.sample(), answer))
                    .isNull();
        }

        @Override
        public void onFailed(long request, int sample, RuntimeException reason) {
            failures.put(request + "/" + sample, String.valueOf(reason.getMessage()));
        }
    }

    private static List<ChatRequest> questions(int count, int samples) {
        return IntStream.range(0, count)
                .mapToObj(i -> ChatRequest.of("q" + i, List.of(), SAMPLED.withNumSamples(samples)))
                .toList();
    }

    private static Collector run(EndpointOptions options, List<ChatRequest> requests) {
        Collector collector = new Collector();
        try (EndpointGenerator generator = EndpointGenerator.open(options)) {
            generator.run(requests.iterator(), collector);
        }
        return collector;
    }

    @Test
    void noAnswerIsLostWhateverTheServerDoesAtFirst() {
        Mood[] moods = {Mood.BUSY, Mood.BROKEN, Mood.HALF, Mood.GARBAGE, Mood.EMPTY, Mood.SILENT, Mood.WELL};
        try (UnreliableServer server = new UnreliableServer((request, before) -> {
                    int start = Math.floorMod(request.hashCode(), moods.length);
                    return before == 3 ? Mood.WELL : moods[(start + before) % moods.length];
                });
                EndpointGenerator generator = EndpointGenerator.open(options(server))) {
            Collector collector = new Collector();
            generator.run(questions(40, 2).iterator(), collector);
            assertThat(collector.failures).isEmpty();
            assertThat(collector.answers).hasSize(80);
            collector.answers.forEach((key, answer) -> {
                assertThat(answer.text()).startsWith("re: q" + key.substring(0, key.indexOf('/')) + " #");
                assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
                assertThat(answer.logps()).containsExactly(-0.5);
                assertThat(answer.promptTokens()).isEqualTo(7);
            });
            assertThat(generator.retries())
                    .containsKeys("HTTP 429", "HTTP 500", "damaged reply", "broken connection", "no answer in time");
        }
    }

    @Test
    void whatNeverWorksIsReportedAndTheRestGoesOn() {
        CountDownLatch together = new CountDownLatch(2);
        try (UnreliableServer server = new UnreliableServer((request, before) -> {
            await(together); // the first request is answered when there is a second one
            String question = request.path("messages").path(0).path("content").asText();
            return question.equals("q1") ? Mood.BROKEN : question.equals("q2") ? Mood.REFUSED : Mood.WELL;
        })) {
            Collector collector = run(options(server), questions(5, 1));
            assertThat(collector.answers.keySet()).containsExactly("0/0", "3/0", "4/0");
            assertThat(collector.failures.get("1/0")).contains("HTTP 500", "out of memory", "attempt 4 of 4");
            assertThat(collector.failures.get("2/0")).contains("HTTP 400", "prompt too long");
            assertThat(server.mostAtOnce()).isBetween(2, 8);
        }
    }

    private static void await(CountDownLatch latch) {
        latch.countDown();
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).as("a second request").isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFarRetryAnEndlessAnswerAndANullEndTheirOwnQuestionOnly() {
        try (UnreliableServer server = new UnreliableServer((request, before) -> {
            String question = request.path("messages").path(0).path("content").asText();
            return switch (question) {
                case "q0" -> Mood.FAR_AWAY;
                case "q1" -> Mood.ENDLESS;
                case "q2" -> Mood.NULL;
                default -> Mood.WELL;
            };
        })) {
            EndpointOptions patient = options(server)
                    .withPatience(2, Duration.ofSeconds(20), Duration.ofMillis(2), Duration.ofMillis(20));
            Collector collector = run(patient, questions(5, 1));
            assertThat(collector.answers.keySet()).containsExactly("3/0", "4/0");
            assertThat(collector.failures.get("0/0")).contains("quota used up", "99999999 s");
            assertThat(collector.failures.get("1/0")).contains("longer than 64 MiB");
            assertThat(collector.failures.get("2/0")).contains("choices[0].message.content", "attempt 2 of 2");
        }
    }

    @Test
    void aFieldThatTheServerRefusesIsLeftOut() {
        try (UnreliableServer server = new UnreliableServer((request, before) -> Mood.PICKY)) {
            Collector collector = run(options(server), questions(6, 2));
            assertThat(collector.answers).hasSize(12);
            assertThat(collector.failures).isEmpty();
        }
    }

    /** An Error in a worker used to be lost, and the run waited for ever. */
    @Test
    void anErrorWhileAQuestionIsPreparedEndsTheRun() {
        try (UnreliableServer server = new UnreliableServer((request, before) -> Mood.WELL)) {
            List<java.nio.file.Path> broken = new java.util.AbstractList<>() {
                @Override
                public java.nio.file.Path get(int index) {
                    throw new OutOfMemoryError("as if");
                }

                @Override
                public int size() {
                    return 1;
                }
            };
            assertThatThrownBy(() -> run(options(server), List.of(ChatRequest.of("q", broken, SAMPLED))))
                    .isInstanceOf(OutOfMemoryError.class);
        }
    }

    @Test
    void aServerThatRefusesEverybodyOrAnswersNobodyEndsTheRun() {
        try (UnreliableServer server = new UnreliableServer((request, before) -> Mood.LOCKED)) {
            assertThatThrownBy(() -> run(options(server), questions(50, 1)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("HTTP 401")
                    .hasMessageContaining(server.url().toString());
        }
        try (UnreliableServer server = new UnreliableServer((request, before) -> Mood.BROKEN)) {
            assertThatThrownBy(() -> run(options(server), questions(50, 1)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("20 answers failed in a row");
        }
        URI nobody = URI.create("http://127.0.0.1:9/v1");
        EndpointOptions unreachable = EndpointOptions.of(nobody)
                .withPatience(2, Duration.ofSeconds(1), Duration.ofMillis(1), Duration.ofMillis(1));
        assertThatThrownBy(() -> EndpointGenerator.open(unreachable))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("127.0.0.1:9");
    }

    @Test
    void aQuestionIsSentAsTheProtocolAndTheServerWantIt(@TempDir Path folder) throws IOException {
        byte[] png = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 1, 2};
        Path image = Files.write(folder.resolve("a.png"), png);
        ChatRequest request = new ChatRequest(
                List.of(Turn.system("be brief"), Turn.user("<image>\nWhat?")),
                List.of(image),
                "It is",
                SAMPLED.withSamples(2, 2));
        try (UnreliableServer server = new UnreliableServer((body, before) -> Mood.WELL)) {
            run(options(server).withLogprobs(true), List.of(request));
            List<JsonNode> bodies = new ArrayList<>(server.requests());
            assertThat(bodies).hasSize(2);
            JsonNode body = bodies.get(0);
            assertThat(body.at("/model").asText()).isEqualTo("served");
            assertThat(body.at("/messages/0/role").asText()).isEqualTo("system");
            assertThat(body.at("/messages/1/content/0/image_url/url").asText())
                    .isEqualTo("data:image/png;base64," + Base64.getEncoder().encodeToString(png));
            assertThat(body.at("/messages/1/content/1/text").asText()).isEqualTo("What?");
            assertThat(body.at("/messages/2/role").asText()).isEqualTo("assistant");
            assertThat(body.at("/messages/2/content").asText()).isEqualTo("It is");
            assertThat(body.at("/add_generation_prompt").booleanValue()).isFalse();
            assertThat(body.at("/continue_final_message").booleanValue()).isTrue();
            assertThat(body.at("/top_k").intValue()).isEqualTo(50);
            assertThat(body.at("/max_tokens").intValue()).isEqualTo(64);
            assertThat(body.at("/logprobs").booleanValue()).isTrue();
            assertThat(body.at("/seed")).isNotEqualTo(bodies.get(1).at("/seed"));
            Collector other = run(options(server).withModel("m", EndpointServer.LMDEPLOY), List.of(request));
            assertThat(other.answers.keySet()).containsExactly("0/2", "0/3");
            JsonNode last = new ArrayList<>(server.requests()).get(2);
            assertThat(last.has("continue_final_message")).isFalse();
            assertThat(last.at("/model").asText()).isEqualTo("m");
            EndpointOptions plain = options(server).withModel("m", EndpointServer.OPENAI);
            assertThatThrownBy(() -> run(plain, List.of(request))).isInstanceOf(ConfigException.class);
        }
    }

    @Test
    void anImageThatCannotBeReadConcernsItsQuestionAlone() {
        List<ChatRequest> requests = new ArrayList<>(questions(2, 1));
        requests.add(1, ChatRequest.of("q", List.of(Path.of("absent.png")), SAMPLED));
        try (UnreliableServer server = new UnreliableServer((body, before) -> Mood.WELL)) {
            Collector collector = run(options(server), requests);
            assertThat(collector.answers.keySet()).containsExactly("0/0", "2/0");
            assertThat(collector.failures.get("1/0")).contains("absent.png");
        }
    }
}
