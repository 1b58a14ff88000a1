using System.IO;
using System.Text;
using Rouse.Linux;

namespace Rouse.Tools;

/// <summary>Lets a library that prints to a TextWriter print without System.Console. Its text is ours or one char a byte.</summary>
internal sealed class StandardStreamWriter(int stream) : TextWriter
{
    public override Encoding Encoding => Encoding.Latin1;

    public override void Write(char value) => StandardStreams.Write(stream, value.ToString());

    public override void Write(string? value) => StandardStreams.Write(stream, value ?? "");

    public override void Write(char[] buffer, int index, int count) => StandardStreams.Write(stream, new string(buffer, index, count));
}
