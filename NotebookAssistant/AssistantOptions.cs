using System.ComponentModel.DataAnnotations;

namespace Lyceum.NotebookAssistant;

/// <summary>The section <c>Assistant</c> of the configuration.</summary>
internal sealed class AssistantOptions
{
    /// <summary>Whether the assistant's messages are answered here; if not, they go to the kernel like all others.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How many requests may wait for the assistant of one kernel; 1 to 100.</summary>
    [Range(1, 100, ErrorMessage = "Assistant:MaxWaiting must be between 1 and 100.")]
    public int MaxWaiting { get; set; } = 8;

    /// <summary>How long an answer of the tutor may take as a whole.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Assistant:AnswerTimeout must be between 00:00:01 and 01:00:00.")]
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a kernel may take to tell its variables or show a table before the assistant goes on without.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:01:00", ErrorMessage = "Assistant:KernelTimeout must be between 00:00:00.1 and 00:01:00.")]
    public TimeSpan KernelTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long code may run that the tutor runs in a kernel; then it is interrupted.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "Assistant:RunTimeout must be between 00:00:01 and 00:10:00.")]
    public TimeSpan RunTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many checkpoints a kernel keeps; beyond, the oldest goes. 0 to 100; 0 for none.</summary>
    [Range(0, 100, ErrorMessage = "Assistant:MaxCheckpoints must be between 0 and 100.")]
    public int MaxCheckpoints { get; set; } = 8;

    /// <summary>How long a kernel may take to make a checkpoint or to go back to one.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "Assistant:CheckpointTimeout must be between 00:00:01 and 00:10:00.")]
    public TimeSpan CheckpointTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether a checkpoint is made before code that the tutor runs, so that the student can undo it.</summary>
    public bool CheckpointRuns { get; set; }
}
