using System.ComponentModel.DataAnnotations;

namespace Lyceum.ChatService.CodeGeneration;

/// <summary>The section <c>CodeGeneration</c> of the configuration.</summary>
internal sealed class CodeGenerationOptions
{
    /// <summary>The longest prompt or feedback, in characters; 16000 unless set.</summary>
    [Range(100, 1_000_000, ErrorMessage = "CodeGeneration:MaxPromptCharacters must be between 100 and 1000000.")]
    public int MaxPromptCharacters { get; set; } = 16_000;

    /// <summary>The longest code, given or generated, in characters; 64000 unless set.</summary>
    [Range(100, 1_000_000, ErrorMessage = "CodeGeneration:MaxCodeCharacters must be between 100 and 1000000.")]
    public int MaxCodeCharacters { get; set; } = 64_000;

    /// <summary>How many versions one test may add by repair; 5 unless set.</summary>
    [Range(0, 20, ErrorMessage = "CodeGeneration:MaxRepairs must be between 0 and 20.")]
    public int MaxRepairs { get; set; } = 5;

    /// <summary>How long a model may write one piece of code; 5 min unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "CodeGeneration:ModelTimeout must be between 00:00:01 and 01:00:00.")]
    public TimeSpan ModelTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a kernel may take until it runs the code; 90 s unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "CodeGeneration:KernelStartTimeout must be between 00:00:01 and 00:10:00.")]
    public TimeSpan KernelStartTimeout { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>How long a snippet or its tests may run; 20 s unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "CodeGeneration:RunTimeout must be between 00:00:01 and 00:10:00.")]
    public TimeSpan RunTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How much of a run's output is kept, in characters; 16000 unless set. One that puts out a hundred times as much is ended.</summary>
    [Range(100, 1_000_000, ErrorMessage = "CodeGeneration:MaxOutputCharacters must be between 100 and 1000000.")]
    public int MaxOutputCharacters { get; set; } = 16_000;
}
