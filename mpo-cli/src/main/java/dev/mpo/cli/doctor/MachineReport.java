package dev.mpo.cli.doctor;

import java.util.List;
import java.util.Map;

/**
 * Everything that the {@code doctor} command found out about this machine.
 *
 * @param system operating system, version and processor architecture
 * @param java the virtual machine that runs this program
 * @param processor processor cores and the threads that native code will use
 * @param memory physical memory and the Java heap limit
 * @param disks free space of the folders that this program writes to
 * @param engine the tensor library that was loaded
 * @param accelerators the graphics processors that the driver reports
 * @param collectives how several processes would exchange tensors
 * @param libraries where the optional communication libraries were found
 * @param findings what is wrong or worth knowing, most serious first
 */
public record MachineReport(
        String system,
        Java java,
        Processor processor,
        Memory memory,
        List<Disk> disks,
        EngineProbe.Engine engine,
        AcceleratorProbe.Accelerators accelerators,
        CollectivesProbe.Choice collectives,
        List<LibraryProbe.Library> libraries,
        List<Finding> findings) {

    /** Copies the lists, so that a report never changes. */
    public MachineReport {
        disks = List.copyOf(disks);
        libraries = List.copyOf(libraries);
        findings = List.copyOf(findings);
    }

    /**
     * The Java virtual machine.
     *
     * @param version its full version, such as 17.0.15+6
     * @param vendor who built it
     * @param home the folder it runs from
     */
    public record Java(String version, String vendor, String home) {}

    /**
     * The processor as this process may use it.
     *
     * @param cores logical cores available to the process, container limits included
     * @param nativeThreads threads that the tensor library computes with: OMP_NUM_THREADS or the number of cores
     * @param environment the variables that steer native code, where they are set
     */
    public record Processor(int cores, int nativeThreads, Map<String, String> environment) {

        /** Copies the map, so that a report never changes. */
        public Processor {
            environment = Map.copyOf(environment);
        }
    }

    /**
     * Memory, in bytes.
     *
     * @param totalBytes physical memory, or the container's limit where that is lower
     * @param availableBytes memory that can be had without swapping; -1 if the system does not tell
     * @param heapLimitBytes the most that Java objects may use; tensors live outside of it
     */
    public record Memory(long totalBytes, long availableBytes, long heapLimitBytes) {}

    /**
     * Free space of a folder.
     *
     * @param purpose what the folder is for
     * @param folder the folder, or its nearest existing parent
     * @param freeBytes bytes that this user can still write there
     */
    public record Disk(String purpose, String folder, long freeBytes) {}
}
