using System.ComponentModel.DataAnnotations;

namespace Lyceum.ChatService.Tools;

/// <summary>The section <c>Tools</c> of the configuration: what a model may have done for one answer.</summary>
internal sealed class ToolsOptions
{
    /// <summary>How often a model may call tools before it has to answer; 6 unless set. 0 for no tools.</summary>
    [Range(0, 50, ErrorMessage = "Tools:MaxSteps must be between 0 and 50.")]
    public int MaxSteps { get; set; } = 6;

    /// <summary>How many calls of one step are made, all at once; 8 unless set.</summary>
    [Range(1, 50, ErrorMessage = "Tools:MaxCallsPerStep must be between 1 and 50.")]
    public int MaxCallsPerStep { get; set; } = 8;

    /// <summary>How many tools a model is offered at most; 32 unless set.</summary>
    [Range(1, 200, ErrorMessage = "Tools:MaxTools must be between 1 and 200.")]
    public int MaxTools { get; set; } = 32;

    /// <summary>From how many tokens on, read and written over all steps, a model has to answer; 60000 unless set.</summary>
    [Range(100, 10_000_000, ErrorMessage = "Tools:MaxTokens must be between 100 and 10000000.")]
    public long MaxTokens { get; set; } = 60_000;

    /// <summary>For how long a model may call tools before it has to answer, waiting for approval not counted; 3 min unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Tools:MaxTime must be between 00:00:01 and 01:00:00.")]
    public TimeSpan MaxTime { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>How long one call may take; 2 min unless set. A tool may have a tighter limit of its own.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:30:00", ErrorMessage = "Tools:CallTimeout must be between 00:00:00.1 and 00:30:00.")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a course's tools may take to be found, those of other services included; 5 s unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:01:00", ErrorMessage = "Tools:FindTimeout must be between 00:00:00.1 and 00:01:00.")]
    public TimeSpan FindTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How much of a result the model is shown and is kept, in characters; 8000 unless set.</summary>
    [Range(100, 1_000_000, ErrorMessage = "Tools:MaxResultCharacters must be between 100 and 1000000.")]
    public int MaxResultCharacters { get; set; } = 8_000;

    /// <summary>The longest arguments of a call, as JSON; 16000 characters unless set.</summary>
    [Range(100, 1_000_000, ErrorMessage = "Tools:MaxArgumentCharacters must be between 100 and 1000000.")]
    public int MaxArgumentCharacters { get; set; } = 16_000;

    /// <summary>Whether the user approves code before the tutor runs it in a kernel of its own; true unless set.</summary>
    public bool ApproveCode { get; set; } = true;

    /// <summary>How long a turn waits for its user's approval; 1 h unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00", ErrorMessage = "Tools:ApprovalLifetime must be between 00:00:01 and 7.00:00:00.")]
    public TimeSpan ApprovalLifetime { get; set; } = TimeSpan.FromHours(1);
}
