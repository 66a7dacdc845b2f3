package dev.mpo.testkit;

import org.junit.jupiter.api.Assumptions;

/**
 * The device that tests of the tensor engine run on: system property {@code mpo.test.device}, a name of libtorch's such
 * as {@code cuda:0}; {@code cpu} if it is not set.
 */
public final class TestDevice {

    private static final String CPU = "cpu";

    private TestDevice() {}

    /** Returns libtorch's name of the device. */
    public static String name() {
        return System.getProperty("mpo.test.device", CPU);
    }

    /** Aborts the calling test on another device than the CPU, with the reason. */
    public static void requireCpu(String reason) {
        Assumptions.assumeTrue(name().equals(CPU), reason);
    }
}
