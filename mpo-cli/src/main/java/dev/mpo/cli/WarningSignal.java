package dev.mpo.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGUSR1, by which Slurm ({@code --signal=USR1@600}) says that a job's time is nearly over. Without a handler it would
 * end the process at once.
 *
 * <p>Java has no supported interface to signals. The one inside the JDK is reached by reflection, so that the program
 * compiles and runs without it; SIGTERM and SIGINT do not depend on it.
 */
final class WarningSignal {

    private static final Logger LOG = LoggerFactory.getLogger(WarningSignal.class);
    private static final String NAME = "USR1";

    private volatile boolean listening;

    /** From now on the signal runs an action, in a thread of its own. */
    void listen(Runnable action) {
        try {
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            handle(
                    handler,
                    Proxy.newProxyInstance(
                            WarningSignal.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (proxy, method, arguments) -> switch (method.getName()) {
                                case "handle" -> run(action);
                                case "hashCode" -> System.identityHashCode(proxy);
                                case "equals" -> proxy == arguments[0];
                                default -> NAME;
                            }));
            listening = true;
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("SIGUSR1 cannot be handled on this system: {}", e.toString());
        }
    }

    private static @Nullable Object run(Runnable action) {
        action.run();
        return null;
    }

    /**
     * From now on the signal does nothing, which suits a process that is about to end. It is still handled: a signal
     * that is ignored would be so in every program that this process starts, too.
     */
    void ignore() {
        if (listening) {
            listen(() -> {});
        }
    }

    private static void handle(Class<?> handler, Object action) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        try {
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(NAME), action);
        } catch (InvocationTargetException e) {
            throw new ReflectiveOperationException(e.getCause());
        }
    }
}
