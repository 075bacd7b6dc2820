namespace Lyceum.ChatService.JsonSchemas;

/// <summary>What one check may cost: a small schema can ask for a number of steps that is exponential in its size.</summary>
internal sealed class Budget(TimeProvider time, CancellationToken cancellationToken)
{
    public const int MaxDepth = 256;

    /// <summary>What matching a pattern counts: it is the dearest step.</summary>
    public const int PatternSteps = 16;

    private const int MaxSteps = 1_000_000;
    private const int StepsBetweenLooks = 256;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(5);

    private readonly long _started = time.GetTimestamp();
    private int _left = MaxSteps;
    private int _untilLook;

    public void Spend(int steps = 1)
    {
        _left -= steps;
        _untilLook -= steps;
        if (_left < 0)
        {
            throw new BudgetSpentException();
        }

        if (_untilLook <= 0)
        {
            _untilLook = StepsBetweenLooks;
            cancellationToken.ThrowIfCancellationRequested();
            if (time.GetElapsedTime(_started) > MaxTime)
            {
                throw new BudgetSpentException();
            }
        }
    }
}

/// <summary>Ends a check from wherever it is.</summary>
internal sealed class BudgetSpentException : Exception
{
    public BudgetSpentException()
    {
    }

    public BudgetSpentException(string message)
        : base(message)
    {
    }

    public BudgetSpentException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
