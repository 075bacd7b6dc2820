namespace Lyceum.Notebooks;

/// <summary>A piece of HTML.</summary>
/// <param name="Markup">Its source.</param>
public sealed record Html(string Markup);

/// <summary>A drawing in SVG.</summary>
/// <param name="Markup">Its source.</param>
public sealed record Svg(string Markup);

/// <summary>Text in Markdown.</summary>
/// <param name="Text">Its source.</param>
public sealed record Markdown(string Text);

/// <summary>A picture in a format that browsers show.</summary>
public sealed class Image
{
    /// <param name="bytes">A PNG, JPEG, GIF or WebP file.</param>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    public Image(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        Bytes = bytes;
        MimeType = bytes.AsSpan() switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
            [0xff, 0xd8, 0xff, ..] => "image/jpeg",
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "image/gif",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
            _ => throw new ArgumentException("An image is a PNG, JPEG, GIF or WebP file; drawings in SVG are shown by SVG(markup).", nameof(bytes)),
        };
    }

    /// <summary>The file.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Its format.</summary>
    public string MimeType { get; }

    /// <summary>Reads a picture from a file.</summary>
    public static Image FromFile(string path) => new(File.ReadAllBytes(path));

    /// <inheritdoc/>
    public override string ToString() => $"Image ({MimeType}, {Bytes.Length} bytes)";
}
