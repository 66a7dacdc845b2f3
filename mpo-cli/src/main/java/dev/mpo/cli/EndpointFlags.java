package dev.mpo.cli;

import dev.mpo.eval.generate.EndpointOptions;
import dev.mpo.eval.generate.EndpointServer;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which commands name a server that runs the model. */
final class EndpointFlags {

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = "Ask a server with OpenAI's protocol instead of loading --checkpoint, such as"
                    + " http://localhost:8000/v1. The variable OPENAI_API_KEY is sent if it is set.")
    private @Nullable URI url;

    @Option(
            names = "--endpoint-model",
            paramLabel = "NAME",
            description = "The model's name at the server. Default: the first that the server lists.")
    private @Nullable String model;

    @Option(
            names = "--endpoint-server",
            paramLabel = "KIND",
            defaultValue = "vllm",
            description = "vllm, sglang, lmdeploy, or openai (any other): decides how a begun answer is continued and"
                    + " which limits can be sent.")
    private EndpointServer server = EndpointServer.VLLM;

    @Option(
            names = "--endpoint-concurrency",
            paramLabel = "N",
            defaultValue = "32",
            description = "Answers that the server is asked for at once.")
    private int concurrency;

    @Option(
            names = "--endpoint-attempts",
            paramLabel = "N",
            defaultValue = "8",
            description = "Attempts at an answer before it counts as failed.")
    private int attempts;

    @Option(
            names = "--endpoint-timeout",
            paramLabel = "SECONDS",
            defaultValue = "600",
            description = "Longest time for one attempt, the whole answer included.")
    private double timeoutSeconds;

    /** Returns where to ask; null if no server was named. */
    @Nullable EndpointOptions options() {
        URI address = url;
        if (address == null) {
            return null;
        }
        EndpointOptions defaults = EndpointOptions.of(address);
        return defaults.withModel(model, server)
                .withConcurrency(concurrency)
                .withPatience(
                        attempts,
                        Duration.ofMillis((long) (1000 * timeoutSeconds)),
                        defaults.firstDelay(),
                        defaults.maxDelay())
                .withApiKey(System.getenv("OPENAI_API_KEY"));
    }
}
