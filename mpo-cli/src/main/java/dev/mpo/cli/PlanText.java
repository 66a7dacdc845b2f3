package dev.mpo.cli;

import dev.mpo.core.model.LoraSpec;
import dev.mpo.tools.plan.DeviceSpec;
import dev.mpo.tools.plan.MemoryUse;
import dev.mpo.tools.plan.PairFlops;
import dev.mpo.tools.plan.PairShape;
import dev.mpo.tools.plan.Plan;
import dev.mpo.tools.plan.PlanSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A plan as text for people and as JSON for programs. */
final class PlanText {

    private static final double GIB = 1L << 30;
    private static final double TERA = 1e12;
    private static final double BILLION = 1e9;
    private static final int SECONDS_PER_HOUR = 3600;

    private PlanText() {}

    /** Returns the whole plan: the choices as a table, the recommended settings, and where its arithmetic goes. */
    static String of(String name, int devices, Plan plan, int rows) {
        StringBuilder out = new StringBuilder(header(name, devices, plan));
        out.append(format(
                "%n%-9s %-9s %-7s %-9s %-9s | %7s %6s %6s %6s %7s %6s | %6s %6s %4s | %6s %8s%n",
                "train",
                "shard",
                "offload",
                "recompute",
                "reference",
                "weights",
                "grads",
                "optim",
                "ref",
                "activ",
                "work",
                "GiB",
                "host",
                "fits",
                "TFLOP",
                "pairs/s"));
        plan.choices().stream().limit(rows).forEach(choice -> out.append(row(choice)));
        if (plan.choices().size() > rows) {
            out.append(format("... %d more (--show)%n", plan.choices().size() - rows));
        }
        plan.recommended()
                .ifPresentOrElse(choice -> out.append(recommended(choice)), () -> out.append(nothingFits(plan)));
        return out.toString();
    }

    private static String header(String name, int devices, Plan plan) {
        PairShape pair = plan.pair();
        DeviceSpec device = plan.device();
        return format(
                "%s: %.3f billion parameters. A pair: %d tiles, prompt of %d tokens, answers of %d and %d.%n"
                        + "%d x %s: %.0f GiB each, %.4g TFLOP/s achieved (assumed). Memory in GiB per device, arithmetic"
                        + " per pair.%n",
                name,
                plan.parameters() / BILLION,
                pair.tiles(),
                pair.promptTokens(),
                pair.chosenTokens(),
                pair.rejectedTokens(),
                devices,
                device.name(),
                device.memoryBytes() / GIB,
                device.teraflops());
    }

    private static String row(Plan.Choice choice) {
        PlanSettings settings = choice.settings();
        MemoryUse use = choice.memory();
        return format(
                "%-9s %-9s %-7s %-9s %-9s | %7.2f %6.2f %6.2f %6.2f %7.2f %6.2f | %6.2f %6.1f %4s | %6.3g %8.3g%n",
                training(settings.lora()),
                lower(settings.shard()),
                settings.offload() ? "yes" : "no",
                lower(settings.recompute()),
                lower(settings.reference()),
                use.weights() / GIB,
                use.gradients() / GIB,
                use.optimizer() / GIB,
                use.reference() / GIB,
                (use.activations() + use.logits()) / GIB,
                (use.workspace() + use.base()) / GIB,
                use.peak() / GIB,
                use.host() / GIB,
                choice.fits() ? "yes" : "no",
                choice.flops().total() / TERA,
                choice.pairsPerSecond());
    }

    private static String training(LoraSpec lora) {
        return lora.rank() > 0 ? "lora " + lora.rank() : "full";
    }

    private static String recommended(Plan.Choice choice) {
        PairFlops flops = choice.flops();
        StringBuilder out = new StringBuilder(format(
                "%nRecommended, %.3g pairs/s, %.0f pairs per hour:%n",
                choice.pairsPerSecond(), choice.pairsPerSecond() * SECONDS_PER_HOUR));
        choice.asSettings()
                .forEach(setting -> out.append("  --set '").append(setting).append(format("'%n")));
        return out.append(format(
                        "TFLOP per pair: vision %.3g, prefix %.3g, branches %.3g, head %.3g, backward %.3g, recompute"
                                + " %.3g, reference %.3g%n",
                        flops.vision() / TERA,
                        flops.prefix() / TERA,
                        flops.branches() / TERA,
                        flops.head() / TERA,
                        flops.backward() / TERA,
                        flops.recompute() / TERA,
                        flops.reference() / TERA))
                .toString();
    }

    private static String nothingFits(Plan plan) {
        double least = plan.choices().stream()
                .mapToDouble(choice -> choice.memory().peak())
                .min()
                .orElse(0);
        return format(
                "%nNothing fits: the least is %.1f GiB per device. Use more devices (--devices), shorter pairs"
                        + " (data.max_dynamic_patch, data.max_seq_length), or give fewer settings with --set.%n",
                least / GIB);
    }

    /** Returns one line for a model: its recommended settings. */
    static String line(String name, int devices, Plan plan) {
        return plan.recommended()
                .map(choice -> format(
                        "%-16s %6.2f B  %5.1f GiB on each of %d  %7.3g TFLOP/pair  %8.3g pairs/s  %s%n",
                        name,
                        plan.parameters() / BILLION,
                        choice.memory().peak() / GIB,
                        devices,
                        choice.flops().total() / TERA,
                        choice.pairsPerSecond(),
                        String.join(" ", choice.asSettings())))
                .orElseGet(() -> format(
                        "%-16s %6.2f B  fits in no way on %d x %s%n",
                        name,
                        plan.parameters() / BILLION,
                        devices,
                        plan.device().name()));
    }

    /** Returns a plan as an object for JSON; memory in bytes. */
    static Map<String, Object> json(String name, int devices, Plan plan) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("model", name);
        out.put("parameters", plan.parameters());
        out.put("devices", devices);
        out.put("device", plan.device().name());
        out.put("device_memory_bytes", plan.device().memoryBytes());
        out.put("device_tflops", plan.device().teraflops());
        out.put("pair", plan.pair());
        out.put("recommended", plan.recommended().map(Plan.Choice::asSettings).orElse(List.of()));
        out.put("choices", plan.choices().stream().map(PlanText::json).toList());
        return out;
    }

    private static Map<String, Object> json(Plan.Choice choice) {
        PlanSettings settings = choice.settings();
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("train", training(settings.lora()));
        out.put("shard", lower(settings.shard()));
        out.put("offload", settings.offload());
        out.put("recompute", lower(settings.recompute()));
        out.put("reference", lower(settings.reference()));
        out.put("precision", settings.narrow() ? "bf16" : "fp32");
        out.put("fits", choice.fits());
        out.put("peak_bytes", choice.memory().peak());
        out.put("memory", choice.memory());
        out.put("flops_per_pair", choice.flops().total());
        out.put("flops", choice.flops());
        out.put("pairs_per_second", choice.pairsPerSecond());
        out.put("settings", choice.asSettings());
        return out;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
