package dev.mpo.core.config;

/**
 * A family of language models that this program does not bring. It is found as a service
 * ({@code META-INF/services/dev.mpo.core.config.AddedFamily}) and must have a constructor without arguments.
 */
public abstract non-sealed class AddedFamily implements Family {

    /** Creates the family. */
    protected AddedFamily() {}

    @Override
    public final String toString() {
        return name();
    }
}
