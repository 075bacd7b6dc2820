namespace Lyceum.AspireLocal.Running;

/// <summary>What a resource is doing.</summary>
internal enum ResourceState
{
    /// <summary>Another resource has to become ready first.</summary>
    Waiting,

    /// <summary>Its process is being started.</summary>
    Starting,

    /// <summary>Its process runs.</summary>
    Running,

    /// <summary>Its process ended and will be started again after a pause.</summary>
    Restarting,

    /// <summary>Its process ended again and again without ever having been healthy.</summary>
    FailedToStart,

    /// <summary>Its process was healthy once, and now ends again and again.</summary>
    Exited,

    /// <summary>It was told to stop.</summary>
    Stopped,

    /// <summary>It is a value and has no process.</summary>
    Available,
}
