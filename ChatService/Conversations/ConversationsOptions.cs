using System.ComponentModel.DataAnnotations;

namespace Lyceum.ChatService.Conversations;

/// <summary>The section <c>Conversations</c> of the configuration.</summary>
internal sealed class ConversationsOptions
{
    /// <summary>The longest message that a student may send, in bytes of UTF-8; 64 KB unless set.</summary>
    [Range(1024, 1024 * 1024, ErrorMessage = "Conversations:MaxMessageBytes must be between 1024 and 1048576.")]
    public int MaxMessageBytes { get; set; } = 64 * 1024;

    /// <summary>The largest request body, in bytes: a message and its context; 1 MB unless set.</summary>
    [Range(16 * 1024, 16 * 1024 * 1024, ErrorMessage = "Conversations:MaxBodyBytes must be between 16384 and 16777216.")]
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>How long a turn whose process stopped counts as running; 15 s unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:03", "00:05:00", ErrorMessage = "Conversations:TurnLease must be between 00:00:03 and 00:05:00.")]
    public TimeSpan TurnLease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often an answer that grows is stored; 1 s unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:00:01", ErrorMessage = "Conversations:SaveInterval must be between 00:00:00.1 and 00:00:01.")]
    public TimeSpan SaveInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the end of a turn is tried to be stored while PostgreSQL is away; 10 s unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00", ErrorMessage = "Conversations:StorePatience must be between 00:00:00 and 00:01:00.")]
    public TimeSpan StorePatience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the database is looked at for an answer that another replica writes; 250 ms unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:00.0500000", "00:00:05", ErrorMessage = "Conversations:FollowInterval must be between 00:00:00.05 and 00:00:05.")]
    public TimeSpan FollowInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How many answers one replica writes at a time; further questions are refused with 503; 2000 unless set.</summary>
    [Range(1, 100_000, ErrorMessage = "Conversations:MaxRunningTurns must be between 1 and 100000.")]
    public int MaxRunningTurns { get; set; } = 2_000;

    /// <summary>How many of them may be of one course; 1000 unless set.</summary>
    [Range(1, 100_000, ErrorMessage = "Conversations:MaxRunningTurnsPerCourse must be between 1 and 100000.")]
    public int MaxRunningTurnsPerCourse { get; set; } = 1_000;

    /// <summary>How many of a course's may be of students without an account, whom an ingest key or an instructor names; 200 unless set.</summary>
    [Range(1, 100_000, ErrorMessage = "Conversations:MaxNamedTurnsPerCourse must be between 1 and 100000.")]
    public int MaxNamedTurnsPerCourse { get; set; } = 200;

    /// <summary>How often the database is looked at for an instructor who watches the queue of those who asked for a person; 1 s unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:01:00", ErrorMessage = "Conversations:QueueInterval must be between 00:00:00.1 and 00:01:00.")]
    public TimeSpan QueueInterval { get; set; } = TimeSpan.FromSeconds(1);
}
