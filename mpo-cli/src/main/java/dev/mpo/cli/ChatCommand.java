package dev.mpo.cli;

import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.core.generate.Generation;
import dev.mpo.core.generate.GenerationListener;
import dev.mpo.data.image.ImageSize;
import dev.mpo.data.text.ImageTokens;
import dev.mpo.data.text.Turn;
import dev.mpo.eval.generate.ChatGenerator;
import dev.mpo.eval.generate.ChatRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mpo chat}: a conversation in the terminal. */
@Command(
        name = "chat",
        description = {
            "A conversation in the terminal: a line is a question, and the answer appears as it comes.",
            "/image FILE adds an image to the next question, /reset forgets the conversation, /quit or the end of input"
                    + " ends it."
        })
final class ChatCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli creates it before anything runs
    private SamplingFlags flags;

    @Option(names = "--system", paramLabel = "TEXT", description = "System message. Default: the chat template's.")
    private @Nullable String system;

    private final List<Turn> turns = new ArrayList<>();
    private final List<Path> images = new ArrayList<>();
    private int newImages;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (ChatGenerator generator = flags.open(1)) {
            reset();
            String line = ask(in, out);
            while (line != null && !line.equals("/quit")) {
                handle(generator, line, out);
                line = ask(in, out);
            }
        } catch (IOException e) {
            throw new DataException("standard input cannot be read: " + e.getMessage(), e);
        }
        return ExitCodes.OK;
    }

    private static @Nullable String ask(BufferedReader in, PrintWriter out) throws IOException {
        out.print("> ");
        out.flush();
        String line = in.readLine();
        return line == null ? null : line.strip();
    }

    private void handle(ChatGenerator generator, String line, PrintWriter out) {
        if (line.startsWith("/image ")) {
            addImage(Path.of(line.substring(7).strip()), out);
        } else if (line.equals("/reset")) {
            reset();
        } else if (line.startsWith("/")) {
            out.println("expected /image FILE, /reset or /quit, got " + line);
        } else if (!line.isEmpty()) {
            answer(generator, line, out);
        }
    }

    private void reset() {
        turns.clear();
        images.clear();
        newImages = 0;
        if (system != null) {
            turns.add(Turn.system(system));
        }
    }

    private void addImage(Path file, PrintWriter out) {
        try {
            ImageSize size = ImageSize.read(file);
            images.add(file);
            newImages++;
            out.println(file + ": " + size.width() + "x" + size.height() + ", with the next question");
        } catch (DataException e) {
            out.println(e.getMessage());
        }
    }

    private void answer(ChatGenerator generator, String question, PrintWriter out) {
        String markers = (ImageTokens.PLACEHOLDER + "\n").repeat(newImages);
        int before = turns.size();
        turns.add(Turn.user(markers + question));
        try {
            ChatRequest request = new ChatRequest(turns, images, "", flags.options(1));
            Generation answer = generator.generate(request, printer(out)).get(0);
            out.println();
            turns.add(Turn.assistant(answer.text()));
            newImages = 0;
        } catch (DataException | ConfigException e) { // a bad image or question need not end the conversation
            turns.subList(before, turns.size()).clear();
            out.println(e.getMessage());
        }
    }

    private static GenerationListener printer(PrintWriter out) {
        return new GenerationListener() {
            @Override
            public boolean onText(long request, int sample, String piece) {
                out.print(piece);
                out.flush();
                return true;
            }
        };
    }
}
