using System.Text;

namespace Lyceum.AspireLocal.Running;

/// <summary>Reads lines from a process, cutting those that never end.</summary>
internal static class LineReader
{
    public const int MaxLength = 16_384;

    public static async Task ReadAsync(TextReader reader, Action<string> line, CancellationToken cancellationToken)
    {
        var buffer = new char[4096];
        var current = new StringBuilder();
        int read;
        while ((read = await reader.ReadAsync(buffer, cancellationToken)) > 0)
        {
            foreach (var character in buffer.AsSpan(0, read))
            {
                if (character == '\n')
                {
                    line(current.ToString().TrimEnd('\r'));
                    current.Clear();
                }
                else if (current.Length < MaxLength)
                {
                    current.Append(character);
                }
            }
        }

        if (current.Length > 0)
        {
            line(current.ToString());
        }
    }
}
