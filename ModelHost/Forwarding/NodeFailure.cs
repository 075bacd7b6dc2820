namespace Lyceum.ModelHost.Forwarding;

/// <summary>Why a node gave no whole answer.</summary>
internal enum NodeFailure
{
    None,

    /// <summary>No connection to it.</summary>
    Unreachable,

    /// <summary>The connection broke, or the answer ended before it was finished.</summary>
    Broken,

    /// <summary>Nothing came for longer than allowed.</summary>
    TimedOut,

    /// <summary>It answered with an error.</summary>
    Refused,

    /// <summary>It does not take the key that is configured for it.</summary>
    Unauthorized,
}

internal static class NodeFailures
{
    public static int Status(this NodeFailure failure) => failure switch
    {
        NodeFailure.Unreachable => StatusCodes.Status503ServiceUnavailable,
        NodeFailure.TimedOut => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status502BadGateway,
    };

    /// <summary>For the client: says nothing about where nodes are.</summary>
    public static string Message(this NodeFailure failure) => failure switch
    {
        NodeFailure.Unreachable => "no model node can be reached: try again in a moment",
        NodeFailure.TimedOut => "the model node did not answer in time: try again",
        NodeFailure.Refused or NodeFailure.Unauthorized => "the model node could not answer: try again",
        _ => "the model node stopped before the answer was finished: try again",
    };

    /// <summary>The value of <c>error.type</c> in traces and metrics.</summary>
    public static string Code(this NodeFailure failure) => failure switch
    {
        NodeFailure.Unreachable => "unreachable",
        NodeFailure.TimedOut => "timeout",
        NodeFailure.Refused => "refused",
        NodeFailure.Unauthorized => "unauthorized",
        _ => "broken",
    };
}
