using Rouse.Linux;

namespace Rouse.Tools.Measure;

/// <summary>What is being done, on standard error: one line that changes on a terminal, a line each elsewhere.</summary>
internal sealed class Progress
{
    private readonly bool _isTerminal = StandardStreams.IsTerminal(StandardStreams.Error);

    public void Tell(string what) => StandardStreams.Write(StandardStreams.Error, _isTerminal ? $"\r\e[K{what}" : $"{what}\n");

    public void Clear()
    {
        if (_isTerminal)
        {
            StandardStreams.Write(StandardStreams.Error, "\r\e[K");
        }
    }
}
