namespace Lyceum.ChatService.Ollama;

/// <summary>Why a model did not answer, as far as a client's next step depends on it.</summary>
internal enum ModelFailure
{
    /// <summary>ModelHost cannot be reached, or says that it has no node.</summary>
    Away,

    /// <summary>ModelHost's queue is full.</summary>
    Busy,

    /// <summary>The request will not be answered however often it is sent, such as for an unknown model.</summary>
    Refused,

    /// <summary>Nothing came for too long.</summary>
    TimedOut,

    /// <summary>The answer broke off, or was none.</summary>
    Broke,
}

/// <summary>A model did not answer, or not to the end.</summary>
internal sealed class ModelException : Exception
{
    public ModelException()
    {
    }

    public ModelException(string message)
        : base(message)
    {
    }

    public ModelException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public ModelException(ModelFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    public ModelFailure Failure { get; } = ModelFailure.Broke;

    /// <summary>Whether ModelHost said that there is no such model.</summary>
    public bool IsUnknownModel { get; init; }
}
