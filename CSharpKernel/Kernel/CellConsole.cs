using System.Text;
using Lyceum.CSharpKernel.Execution;

namespace Lyceum.CSharpKernel.Kernel;

/// <summary>Makes <see cref="Console"/> the console of the running cell.</summary>
internal static class CellConsole
{
    public static void Redirect()
    {
#pragma warning disable CA2000 // They live as long as the process.
        Console.SetOut(new Writer((cell, text) => cell.WriteOut(text)));
        Console.SetError(new Writer((cell, text) => cell.WriteError(text)));
        Console.SetIn(new Reader());
#pragma warning restore CA2000
    }

    private sealed class Writer(Action<ICellHost, string> write) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override string NewLine => "\n";

        public override void Write(char value) => Write(value.ToString());

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

        public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

        public override void WriteLine(string? value) => Write(value + "\n");

        public override void Write(string? value)
        {
            if (!string.IsNullOrEmpty(value) && RunningCell.Current is { } cell)
            {
                write(cell, value);
            }
        }
    }

    private sealed class Reader : TextReader
    {
        private string _rest = "";

        public override string? ReadLine()
        {
            var line = _rest.Length > 0 ? _rest.TrimEnd('\n') : RunningCell.Current?.ReadLine();
            _rest = "";
            return line;
        }

        public override int Peek() => _rest.Length > 0 ? _rest[0] : -1;

        public override int Read()
        {
            if (_rest.Length == 0)
            {
                _rest = RunningCell.Current?.ReadLine() + "\n";
            }

            var next = _rest[0];
            _rest = _rest[1..];
            return next;
        }
    }
}
