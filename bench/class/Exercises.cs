namespace Lyceum.ClassSimulation;

/// <summary>An exercise cell: what is there, what students write, and what goes wrong on the way.</summary>
/// <param name="Cell">The cell's id.</param>
/// <param name="Given">The code that the notebook comes with.</param>
/// <param name="Solution">What a student ends up with.</param>
/// <param name="Objective">The learning objective that questions about it are about.</param>
/// <param name="Difficulty">How likely a run fails, 0 to 1.</param>
/// <param name="Errors">The errors that it fails with, with their messages.</param>
internal sealed record Exercise(string Cell, string Given, string Solution, string Objective, double Difficulty, IReadOnlyList<(string Name, string Value)> Errors);

internal static class Exercises
{
    /// <summary>The notebook.</summary>
    public const string Notebook = "loops-and-files.ipynb";

    /// <summary>Its exercises, in order.</summary>
    public static readonly IReadOnlyList<Exercise> All =
    [
        new("greet", "# 1. Print a greeting\n", "name = 'Ada'\nprint(f'Hello, {name}!')", "Print text", 0.2, [("SyntaxError", "unterminated string literal"), ("NameError", "name 'nmae' is not defined")]),
        new("sum", "# 2. Add up the numbers from 1 to 100\n", "total = 0\nfor i in range(1, 101):\n    total += i\ntotal", "Write a loop", 0.35, [("IndentationError", "expected an indented block after 'for' statement"), ("NameError", "name 'total' is not defined")]),
        new("even", "# 3. Keep the even ones\n", "evens = [n for n in range(1, 101) if n % 2 == 0]\nlen(evens)", "Write a loop", 0.4, [("SyntaxError", "invalid syntax"), ("TypeError", "'int' object is not iterable")]),
        new("words", "text = 'the cat and the hat'\n# 4. Count the words\n", "counts = {}\nfor word in text.split():\n    counts[word] = counts.get(word, 0) + 1\ncounts", "Use a dictionary", 0.5, [("KeyError", "'the'"), ("AttributeError", "'list' object has no attribute 'items'")]),
        new("read", "# 5. Read people.csv\n", "import csv\nwith open('people.csv') as file:\n    people = list(csv.DictReader(file))\npeople[0]", "Read a file", 0.55, [("FileNotFoundError", "[Errno 2] No such file or directory: 'people.csv'"), ("ValueError", "I/O operation on closed file.")]),
        new("mean", "# 6. The mean age\n", "ages = [int(person['age']) for person in people]\nsum(ages) / len(ages)", "Read a file", 0.5, [("TypeError", "unsupported operand type(s) for +: 'int' and 'str'"), ("KeyError", "'agee'"), ("ZeroDivisionError", "division by zero")]),
        new("func", "# 7. Make it a function\n", "def mean(values):\n    return sum(values) / len(values)\nmean(ages)", "Define a function", 0.45, [("TypeError", "mean() missing 1 required positional argument: 'values'"), ("IndentationError", "unindent does not match any outer indentation level")]),
        new("plot", "# 8. Plot the ages\n", "import matplotlib.pyplot as plt\nplt.hist(ages, bins=10)\nplt.show()", "Plot data", 0.4, [("ModuleNotFoundError", "No module named 'matplotlib.pyplt'"), ("NameError", "name 'plt' is not defined")]),
    ];
}
