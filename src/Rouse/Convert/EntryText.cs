using System.Buffers;
using Rouse.Config.Text;

namespace Rouse.Tools.Convert;

/// <summary>Writes entries of xinetd.conf(5), each attribute on a line of its own and the operators below one another.</summary>
internal sealed class EntryText(IBufferWriter<byte> destination)
{
    private const int NameWidth = 16;

    public void Begin(string head) => Write($"{head}\n{{\n");

    public void Attribute(string name, string values) => Write($"\t{name.PadRight(NameWidth)}= {values}\n");

    public void End() => Write("}\n\n");

    public void Write(string text) => destination.Write(SourceFile.Encode(text));
}
