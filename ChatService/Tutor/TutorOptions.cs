using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Lyceum.ChatService.Tutor;

/// <summary>The section <c>Tutor</c> of the configuration. Budgets are in tokens as <see cref="TokenBudget"/> counts them: what is over is cut, and the cut is marked.</summary>
internal sealed partial class TutorOptions : IValidatableObject
{
    private const int MaxClasses = 20;

    private static readonly Dictionary<string, string> DefaultClasses = new()
    {
        [QuestionClass.Instrumental] = "wants to understand something, so as to go on alone: asks why, how, what it means, or for a hint",
        [QuestionClass.Executive] = "wants to have it done: asks for the solution, the code, the answer, or that it be fixed",
        [QuestionClass.Other] = "anything else, such as thanks, small talk or a question about the course",
    };


    /// <summary>The model that the tutor asks; <c>tutor</c>, an alias at ModelHost, unless set.</summary>
    [Required(ErrorMessage = "Tutor:Model is empty: write a model's name, or leave it out for 'tutor'.")]
    [MaxLength(200, ErrorMessage = "Tutor:Model is longer than 200 characters.")]
    public string Model { get; set; } = "tutor";

    /// <summary>A model that is asked for the technical facts before the tutor answers; none unless set.</summary>
    [MaxLength(200, ErrorMessage = "Tutor:ExpertModel is longer than 200 characters.")]
    public string? ExpertModel { get; set; }

    /// <summary>How long the tutor waits for it; 30 s unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:10:00", ErrorMessage = "Tutor:ExpertTimeout must be between 00:00:00.1 and 00:10:00.")]
    public TimeSpan ExpertTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How much of its advice the tutor is told; 600 unless set.</summary>
    [Range(0, 10_000, ErrorMessage = "Tutor:MaxExpertTokens must be between 0 and 10000.")]
    public int MaxExpertTokens { get; set; } = 600;

    /// <summary>A model that sorts questions; rules do it unless set.</summary>
    [MaxLength(200, ErrorMessage = "Tutor:ClassifierModel is longer than 200 characters.")]
    public string? ClassifierModel { get; set; }

    /// <summary>How long it may take; 10 s unless set. Rules sort a question that it did not in time.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:02:00", ErrorMessage = "Tutor:ClassifierTimeout must be between 00:00:00.1 and 00:02:00.")]
    public TimeSpan ClassifierTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The classes of questions by name, with what each means, in place of <c>instrumental</c>, <c>executive</c> and <c>other</c>; <c>other</c> must be one of them.</summary>
    public IReadOnlyDictionary<string, string>? QuestionClasses { get; set; }

    /// <summary>A model for embeddings, by which the learning objective of a question is found; words do it unless set.</summary>
    [MaxLength(200, ErrorMessage = "Tutor:EmbeddingModel is longer than 200 characters.")]
    public string? EmbeddingModel { get; set; }

    /// <summary>How long it may take; 5 s unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:01:00", ErrorMessage = "Tutor:EmbeddingTimeout must be between 00:00:00.1 and 00:01:00.")]
    public TimeSpan EmbeddingTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A model that writes down what of a long conversation no longer fits; the first lines of its questions stand for it unless set.</summary>
    [MaxLength(200, ErrorMessage = "Tutor:SummaryModel is longer than 200 characters.")]
    public string? SummaryModel { get; set; }

    /// <summary>How long it may take; 30 s unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:10:00", ErrorMessage = "Tutor:SummaryTimeout must be between 00:00:00.1 and 00:10:00.")]
    public TimeSpan SummaryTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long its notes may be; 300 unless set.</summary>
    [Range(50, 10_000, ErrorMessage = "Tutor:MaxSummaryTokens must be between 50 and 10000.")]
    public int MaxSummaryTokens { get; set; } = 300;

    /// <summary>What the tutor makes of how a student asks: <c>plain</c>, or <c>enhanced_guidance</c> unless set.</summary>
    public string Strategy { get; set; } = TutorStrategy.EnhancedGuidance;

    /// <summary>How much the tutor is told of a student's earlier questions; 120 unless set.</summary>
    [Range(0, 10_000, ErrorMessage = "Tutor:MaxProfileTokens must be between 0 and 10000.")]
    public int MaxProfileTokens { get; set; } = 120;

    /// <summary>How much the model is shown of the variables in scope; 500 unless set.</summary>
    [Range(0, 250_000, ErrorMessage = "Tutor:MaxVariablesTokens must be between 0 and 250000.")]
    public int MaxVariablesTokens { get; set; } = 500;

    /// <summary>How much the model is shown of cells that ran before; 1500 unless set.</summary>
    [Range(0, 250_000, ErrorMessage = "Tutor:MaxCellsRanTokens must be between 0 and 250000.")]
    public int MaxCellsRanTokens { get; set; } = 1_500;

    /// <summary>How much the model is told of what the client says that the student works on; 250 unless set.</summary>
    [Range(0, 10_000, ErrorMessage = "Tutor:MaxAboutTokens must be between 0 and 10000.")]
    public int MaxAboutTokens { get; set; } = 250;

    /// <summary>How many earlier messages the model is shown at most; 40 unless set.</summary>
    [Range(0, 200, ErrorMessage = "Tutor:MaxHistoryMessages must be between 0 and 200.")]
    public int MaxHistoryMessages { get; set; } = 40;

    /// <summary>How long those messages are together at most; 4000 unless set.</summary>
    [Range(0, 250_000, ErrorMessage = "Tutor:MaxHistoryTokens must be between 0 and 250000.")]
    public int MaxHistoryTokens { get; set; } = 4_000;

    /// <summary>How much the model is told of questions before those; 200 unless set.</summary>
    [Range(0, 10_000, ErrorMessage = "Tutor:MaxEarlierQuestionsTokens must be between 0 and 10000.")]
    public int MaxEarlierQuestionsTokens { get; set; } = 200;

    /// <summary>How much of the assignment's description the model is shown; 1000 unless set.</summary>
    [Range(0, 250_000, ErrorMessage = "Tutor:MaxAssignmentTokens must be between 0 and 250000.")]
    public int MaxAssignmentTokens { get; set; } = 1_000;

    /// <summary>How much of a cell's code the model is shown; 2000 unless set.</summary>
    [Range(100, 250_000, ErrorMessage = "Tutor:MaxCodeTokens must be between 100 and 250000.")]
    public int MaxCodeTokens { get; set; } = 2_000;

    /// <summary>How much of the cells above and below the model is shown; 1000 unless set.</summary>
    [Range(0, 250_000, ErrorMessage = "Tutor:MaxCellsAroundTokens must be between 0 and 250000.")]
    public int MaxCellsAroundTokens { get; set; } = 1_000;

    /// <summary>How much of an error the model is shown; 1000 unless set.</summary>
    [Range(100, 250_000, ErrorMessage = "Tutor:MaxErrorTokens must be between 100 and 250000.")]
    public int MaxErrorTokens { get; set; } = 1_000;

    /// <summary>How much the model is told of what the student did of late; 150 unless set.</summary>
    [Range(0, 10_000, ErrorMessage = "Tutor:MaxActivityTokens must be between 0 and 10000.")]
    public int MaxActivityTokens { get; set; } = 150;

    /// <summary>How long ago a question about an error still counts for the hint ladder; 1 day unless set.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00", ErrorMessage = "Tutor:LadderMemory must be between 00:01:00 and 30.00:00:00.")]
    public TimeSpan LadderMemory { get; set; } = TimeSpan.FromDays(1);

    /// <summary>From which share of a reference solution on an answer is too near to it; 0.5 unless set.</summary>
    [Range(0.1, 1.0, ErrorMessage = "Tutor:MaxSolutionShare must be between 0.1 and 1.")]
    public double MaxSolutionShare { get; set; } = 0.5;

    /// <summary>The longest answer that is taken from a model; 64000 unless set.</summary>
    [Range(1_000, 1_000_000, ErrorMessage = "Tutor:MaxAnswerCharacters must be between 1000 and 1000000.")]
    public int MaxAnswerCharacters { get; set; } = 64_000;

    /// <summary>How long a turn may take in all; 15 min unless set. It goes on when its reader has gone, so it needs an end of its own.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "04:00:00", ErrorMessage = "Tutor:MaxTurnTime must be between 00:00:01 and 04:00:00.")]
    public TimeSpan MaxTurnTime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long the model may take until its answer begins, waiting in ModelHost's queue included; 5 min unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Tutor:FirstTokenTimeout must be between 00:00:01 and 01:00:00.")]
    public TimeSpan FirstTokenTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the model may pause within an answer; 1 min unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Tutor:IdleTimeout must be between 00:00:01 and 01:00:00.")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a turn waits for what TelemetryIngest knows of the student; 1 s unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:00.0500000", "00:00:10", ErrorMessage = "Tutor:LastErrorTimeout must be between 00:00:00.05 and 00:00:10.")]
    public TimeSpan LastErrorTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a turn waits for the variables of the student's kernel; 1 s unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:00.0500000", "00:00:10", ErrorMessage = "Tutor:KernelTimeout must be between 00:00:00.05 and 00:00:10.")]
    public TimeSpan KernelTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>An error older than this is not what a student asks about; 1 h unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "7.00:00:00", ErrorMessage = "Tutor:LastErrorMaxAge must be between 00:00:10 and 7.00:00:00.")]
    public TimeSpan LastErrorMaxAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The classes of questions in force.</summary>
    public IReadOnlyDictionary<string, string> Classes => QuestionClasses is { Count: > 0 } own ? own : DefaultClasses;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!TutorStrategy.IsKnown(Strategy))
        {
            yield return new ValidationResult($"Tutor:Strategy must be '{TutorStrategy.Plain}' or '{TutorStrategy.EnhancedGuidance}'.", [nameof(Strategy)]);
        }

        if (Classes.Count > MaxClasses || !Classes.ContainsKey(QuestionClass.Other) || Classes.Any(one => !ClassName().IsMatch(one.Key) || string.IsNullOrWhiteSpace(one.Value)))
        {
            yield return new ValidationResult(
                $"Tutor:QuestionClasses must have at most {MaxClasses} names of lower-case letters, digits or '_', each with what it means, and '{QuestionClass.Other}' among them.",
                [nameof(QuestionClasses)]);
        }
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,39}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ClassName();
}
