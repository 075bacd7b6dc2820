using Lyceum.CSharpKernel.Execution;
using Lyceum.CSharpKernel.Formatting;

namespace Lyceum.Notebooks;

/// <summary>What a cell can call without any prefix.</summary>
public static class Notebook
{
    /// <summary>Cancelled when the user interrupts the cell that asks: pass it to what you await.</summary>
    public static CancellationToken InterruptToken => RunningCell.Current?.Interrupted ?? CancellationToken.None;

    /// <summary>Shows a value below the cell, as the last expression of a cell is shown.</summary>
    /// <returns>What can show another value in its place.</returns>
    public static Displayed Display(object? value) => Displayed.Show(Formatter.Format(value));

    /// <summary>Shows data that have a format of their own, such as <c>image/svg+xml</c> or <c>application/json</c>.</summary>
    /// <param name="data">The data as text; base64 for binary formats such as <c>image/png</c>.</param>
    /// <param name="mimeType">The format.</param>
    /// <returns>What can show another value in its place.</returns>
    public static Displayed Display(string data, string mimeType)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrWhiteSpace(mimeType);
        return Displayed.Show(MimeBundle.OfFormat(mimeType, data));
    }

    /// <summary>Markup to show: as the last expression of a cell or through <c>Display</c>.</summary>
    public static Html HTML(string markup) => new(markup);

    /// <summary>A drawing to show.</summary>
    public static Svg SVG(string markup) => new(markup);

    /// <summary>Takes away what the cell has put out so far.</summary>
    /// <param name="wait">Not before there is something new to show, so that an animation does not flicker.</param>
    public static void ClearOutput(bool wait = false) => RunningCell.Current?.ClearOutput(wait);

    /// <summary>Asks the user for a line.</summary>
    public static string Input(string prompt = "") => RunningCell.Current?.ReadLine(prompt, isPassword: false) ?? "";

    /// <summary>Asks the user for a line that nobody else should see: it is not shown while it is typed.</summary>
    public static string Password(string prompt = "") => RunningCell.Current?.ReadLine(prompt, isPassword: true) ?? "";
}

/// <summary>Lets <c>Display</c> be written behind a value.</summary>
public static class DisplayExtensions
{
    /// <summary>Shows the value below the cell.</summary>
    /// <returns>What can show another value in its place.</returns>
    public static Displayed Display<T>(this T value) => Notebook.Display(value);

    /// <summary>Shows the value below the cell in one format: text and bytes as they are, objects as JSON.</summary>
    /// <exception cref="ArgumentException">The value has no such format.</exception>
    public static Displayed DisplayAs<T>(this T value, string mimeType) => Displayed.Show(Formatter.Format(value, mimeType));
}
