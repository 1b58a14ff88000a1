using System.Buffers;
using System.Collections.Generic;
using Rouse.Config.Diagnostics;
using Rouse.Linux;

namespace Rouse.Tools.Wrappers;

/// <summary>What a tool found wrong, on standard error.</summary>
internal sealed class Warnings
{
    public int Count { get; private set; }

    public void Add(string text)
    {
        Count++;
        StandardStreams.Write(StandardStreams.Error, $"warning: {text}\n");
    }

    public void Add(IEnumerable<Diagnostic> diagnostics)
    {
        ArrayBufferWriter<byte> text = new();
        foreach (Diagnostic diagnostic in diagnostics)
        {
            Count++;
            DiagnosticRenderer.Render(diagnostic, text);
        }

        StandardStreams.Write(StandardStreams.Error, text.WrittenSpan);
    }
}
