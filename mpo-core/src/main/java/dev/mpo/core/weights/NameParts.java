package dev.mpo.core.weights;

import java.util.Map;

/** A parameter's name within its stage, cut into module and suffix: {@code attention.q} and {@code .weight}. */
record NameParts(String module, String suffix) {

    static NameParts of(String parameter) {
        for (String suffix : new String[] {".weight", ".bias"}) {
            if (parameter.endsWith(suffix)) {
                return new NameParts(parameter.substring(0, parameter.length() - suffix.length()), suffix);
            }
        }
        return new NameParts(parameter, "");
    }

    /** Returns the stored spelling: the module's, with the same suffix. */
    String in(Map<String, String> modules) {
        String stored = modules.get(module);
        if (stored == null) {
            throw new IllegalArgumentException("no stored name for parameter " + module + suffix);
        }
        return stored + suffix;
    }
}
