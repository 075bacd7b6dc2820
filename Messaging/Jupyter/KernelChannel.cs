namespace Lyceum.Messaging;

/// <summary>The sockets of a kernel.</summary>
public enum KernelChannel
{
    /// <summary>Requests to run code and the like, and their replies.</summary>
    Shell,

    /// <summary>What the kernel publishes to all its clients: outputs and status.</summary>
    Iopub,

    /// <summary>The kernel's questions to the user who runs a cell.</summary>
    Stdin,

    /// <summary>Requests that overtake those on shell: interrupt, shutdown, debug.</summary>
    Control,

    /// <summary>Echo, to see that the kernel lives.</summary>
    Heartbeat,
}
