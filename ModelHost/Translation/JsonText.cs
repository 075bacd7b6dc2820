using System.Text.Encodings.Web;
using System.Text.Json;

namespace Lyceum.ModelHost.Translation;

/// <summary>How JSON is written here: between services, never into a page, so that only what JSON itself requires is escaped.</summary>
internal static class JsonText
{
    public static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256 };
}
