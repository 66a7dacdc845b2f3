package dev.mpo.cli;

import dev.mpo.core.weights.Layout;

/** The checkpoint layouts by the names that people give them. */
enum ModelFormat {
    INTERNVL(Layout.ORIGINAL),
    HF(Layout.TRANSFORMERS);

    private final Layout layout;

    ModelFormat(Layout layout) {
        this.layout = layout;
    }

    /** Returns the layout that the name stands for. */
    Layout layout() {
        return layout;
    }
}
