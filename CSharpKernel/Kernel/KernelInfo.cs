using System.Runtime.InteropServices;
using Lyceum.Messaging;

namespace Lyceum.CSharpKernel.Kernel;

/// <summary>What the kernel says about itself.</summary>
internal static class KernelInfo
{
    public static KernelInfoReply Reply { get; } = new(
        JupyterHeader.ProtocolVersion,
        "lyceum-csharp",
        typeof(KernelInfo).Assembly.GetName().Version!.ToString(3),
        new LanguageInfo("C#", "14.0", "text/x-csharp", ".cs", "csharp", "text/x-csharp"),
        $"C# 14 on {RuntimeInformation.FrameworkDescription}",
        [new HelpLink("C# documentation", "https://learn.microsoft.com/dotnet/csharp/"), new HelpLink(".NET API", "https://learn.microsoft.com/dotnet/api/")]);
}
