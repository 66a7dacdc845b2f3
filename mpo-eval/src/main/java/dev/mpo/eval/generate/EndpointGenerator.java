package dev.mpo.eval.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.core.InterruptedRunException;
import dev.mpo.core.generate.Generation;
import dev.mpo.core.generate.GenerationListener;
import dev.mpo.eval.generate.EndpointException.Outlook;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server that answers by OpenAI's protocol ({@code POST /chat/completions}): vLLM, LMDeploy or SGLang, which run the
 * large models on many devices.
 *
 * <p>Every answer is a request of its own with a seed of its own. An attempt that fails because the server is busy,
 * broken, silent or talks nonsense is repeated with growing, random waits. An answer that fails for good goes to
 * {@link GenerationListener#onFailed}; when the server refuses everybody, or many answers in a row fail, the run ends
 * with a {@link ConfigException}. Texts come whole, not in pieces.
 */
public final class EndpointGenerator implements Generator {

    private static final Logger LOG = LoggerFactory.getLogger(EndpointGenerator.class);
    private static final int MAX_FAILURES_IN_A_ROW = 20;

    private final EndpointOptions options;
    private final EndpointClient client;
    private final String model;

    private EndpointGenerator(EndpointOptions options, EndpointClient client, String model) {
        this.options = options;
        this.client = client;
        this.model = model;
    }

    /**
     * Connects to a server, and asks it for the name of its model if that is not given.
     *
     * @throws ConfigException if it does not answer that question
     */
    public static EndpointGenerator open(EndpointOptions options) {
        EndpointClient client = new EndpointClient(options);
        String name = options.model();
        return new EndpointGenerator(options, client, name == null ? firstModel(options, client) : name);
    }

    private static String firstModel(EndpointOptions options, EndpointClient client) {
        try {
            JsonNode models = new JsonMapper().readTree(client.get("models"));
            String id = models.path("data").path(0).path("id").asText("");
            if (!id.isEmpty()) {
                return id;
            }
            throw new ConfigException("--endpoint " + options.url()
                    + ": expected data[0].id in the list of models; name the model with --endpoint-model");
        } catch (EndpointException | IOException e) {
            throw new ConfigException(
                    "--endpoint " + options.url() + ": the list of models cannot be had: " + e.getMessage()
                            + ". Check the address (it usually ends with /v1) and that the server runs, or name the"
                            + " model with --endpoint-model",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedRunException("interrupted while connecting to " + options.url());
        }
    }

    /** Returns the name of the model at the server. */
    public String model() {
        return model;
    }

    /** Returns how many attempts were repeated so far, by the kind of their failure. */
    public Map<String, Integer> retries() {
        return client.retries();
    }

    @Override
    public void run(Iterator<ChatRequest> requests, GenerationListener listener) {
        ExecutorService threads = Executors.newFixedThreadPool(options.concurrency(), task -> {
            Thread thread = new Thread(task, "endpoint");
            thread.setDaemon(true);
            return thread;
        });
        try {
            new Run(requests, listener, threads).toTheEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedRunException("interrupted while waiting for " + options.url());
        } finally {
            threads.shutdownNow();
            if (!client.retries().isEmpty()) {
                LOG.warn("{}: attempts repeated: {}", options.url(), client.retries());
            }
        }
    }

    /** One answer that is wanted. */
    private record Job(long number, ChatRequest request, int sample) {}

    /** How it went: a reply or a failure. */
    private record Outcome(
            Job job,
            @Nullable EndpointReply reply,
            @Nullable Throwable failure) {}

    private final class Run {
        private final Iterator<ChatRequest> requests;
        private final GenerationListener listener;
        private final ExecutorService threads;
        private final Set<String> refused = ConcurrentHashMap.newKeySet();
        private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
        private long numRequests;
        private @Nullable ChatRequest current;
        private int nextSample;
        private int underWay;
        private int failuresInARow;

        Run(Iterator<ChatRequest> requests, GenerationListener listener, ExecutorService threads) {
            this.requests = requests;
            this.listener = listener;
            this.threads = threads;
        }

        void toTheEnd() throws InterruptedException {
            fill();
            while (underWay > 0) {
                Outcome outcome = outcomes.take();
                underWay--;
                fill();
                report(outcome);
            }
        }

        private void fill() {
            while (underWay < options.concurrency()) {
                if (current == null && !requests.hasNext()) {
                    return;
                }
                if (current == null) {
                    current = requests.next();
                    nextSample = current.options().firstSample();
                    numRequests++;
                }
                Job job = new Job(numRequests - 1, current, nextSample++);
                if (nextSample
                        == current.options().firstSample() + current.options().numSamples()) {
                    current = null;
                }
                underWay++;
                threads.execute(() -> outcomes.add(outcome(job)));
            }
        }

        private Outcome outcome(Job job) {
            try {
                return new Outcome(job, answer(job), null);
            } catch (RuntimeException | Error e) {
                return new Outcome(job, null, e); // the thread that waits throws it
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Outcome(job, null, new InterruptedRunException("interrupted"));
            }
        }

        /** A server that does not know a sampling parameter gets the question without it. */
        private EndpointReply answer(Job job) throws InterruptedException {
            while (true) {
                Set<String> left = Set.copyOf(refused);
                byte[] body = EndpointBody.of(job.request(), job.sample(), model, options, left);
                try {
                    return client.answer(body);
                } catch (EndpointException e) {
                    Optional<String> field = e.outlook() == Outlook.GIVE_UP
                            ? EndpointBody.OPTIONAL_FIELDS.stream()
                                    .filter(name -> !left.contains(name)
                                            && String.valueOf(e.getMessage()).contains(name))
                                    .findFirst()
                            : Optional.empty();
                    if (field.isEmpty()) {
                        throw e;
                    }
                    if (refused.add(field.get())) {
                        LOG.warn(
                                "{} refuses {}, which is left out from now on: answers are sampled without it ({})",
                                options.url(),
                                field.get(),
                                e.getMessage());
                    }
                }
            }
        }

        private void report(Outcome outcome) {
            Job job = outcome.job();
            EndpointReply reply = outcome.reply();
            if (reply != null) {
                failuresInARow = 0;
                listener.onText(job.number(), job.sample(), reply.text());
                listener.onFinished(new Generation(
                        job.number(),
                        job.sample(),
                        new int[0],
                        reply.logps(),
                        reply.text(),
                        reply.reason(),
                        reply.promptTokens()));
                return;
            }
            Throwable failure = outcome.failure();
            if (failure instanceof EndpointException e) {
                failuresInARow++;
                if (e.outlook() == Outlook.HOPELESS || failuresInARow >= MAX_FAILURES_IN_A_ROW) {
                    throw new ConfigException(
                            "--endpoint " + options.url() + ": " + e.getMessage()
                                    + (failuresInARow > 1 ? "; " + failuresInARow + " answers failed in a row" : "")
                                    + ". Check the address, the model's name and the server, then run the same again",
                            e);
                }
                listener.onFailed(job.number(), job.sample(), e);
            } else if (failure instanceof DataException bad) {
                listener.onFailed(job.number(), job.sample(), bad);
            } else if (failure instanceof Error error) {
                throw error;
            } else {
                throw failure instanceof RuntimeException e
                        ? e
                        : new IllegalStateException("neither reply nor failure");
            }
        }
    }

    /** Does nothing: connections end with the process or when they have been idle. */
    @Override
    public void close() {}
}
