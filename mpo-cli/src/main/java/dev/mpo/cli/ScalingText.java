package dev.mpo.cli;

import dev.mpo.tools.plan.PlanSettings;
import dev.mpo.tools.plan.TimeModel;
import dev.mpo.tools.plan.WeakScaling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A curve of weak scaling as text for people and as JSON for programs. */
final class ScalingText {

    private static final double PERCENT = 100;

    private ScalingText() {}

    /** Returns a table with one line per number of devices. */
    static String of(String name, WeakScaling curve) {
        StringBuilder out = new StringBuilder(String.format(
                Locale.ROOT,
                "%n%s%n%8s %-9s %-7s %-9s %-9s | %10s %10s %10s %10s | %9s %10s%n",
                name,
                "devices",
                "shard",
                "offload",
                "recompute",
                "reference",
                "compute s",
                "exchange s",
                "hidden",
                "exposed s",
                "pairs/s",
                "efficiency"));
        for (WeakScaling.Row row : curve.rows()) {
            PlanSettings settings = row.choice().settings();
            TimeModel.StepTime time = row.time();
            out.append(String.format(
                    Locale.ROOT,
                    "%8d %-9s %-7s %-9s %-9s | %10.3f %10.3f %9.0f%% %10.3f | %9.4g %9.1f%%%n",
                    settings.devices(),
                    lower(settings.shard()),
                    settings.offload() ? "yes" : "no",
                    lower(settings.recompute()),
                    lower(settings.reference()),
                    time.compute(),
                    time.exchange(),
                    time.exchange() == 0 ? PERCENT : PERCENT * (1 - time.exposed() / time.exchange()),
                    time.exposed() + time.offload(),
                    row.choice().pairsPerSecond(),
                    PERCENT * row.efficiency()));
        }
        return curve.rows().isEmpty()
                ? out.append("  fits on no number of devices up to 512\n").toString()
                : out.toString();
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Returns the curve for programs; times in seconds per optimizer step. */
    static Map<String, Object> json(String name, WeakScaling curve) {
        List<Object> rows = new ArrayList<>();
        for (WeakScaling.Row row : curve.rows()) {
            Map<String, Object> out = new LinkedHashMap<>();
            out.put("devices", row.choice().settings().devices());
            out.put("settings", row.choice().asSettings());
            out.put("compute_seconds", row.time().compute());
            out.put("exchange_seconds", row.time().exchange());
            out.put("exposed_seconds", row.time().exposed());
            out.put("offload_seconds", row.time().offload());
            out.put("pairs_per_second", row.choice().pairsPerSecond());
            out.put("efficiency", row.efficiency());
            rows.add(out);
        }
        return Map.of("model", name, "rows", rows);
    }
}
