using System.Buffers;
using Rouse.Linux;

namespace Rouse.Tools.Itox;

/// <summary>itox(8): inetd.conf on standard input, entries of xinetd.conf on standard output. Its output is the original's, byte for byte.</summary>
internal static class ItoxPersonality
{
    private const string DirectoryOption = "-daemon_dir";

    public static int Run(string[] arguments)
    {
        if (!TryReadOptions(arguments, out string? directory))
        {
            StandardStreams.Write(StandardStreams.Error, "Usage: itox [-daemon_dir dir_path]\n");
            return 1;
        }

        SysResult read = StandardStreams.ReadInput(out byte[] input);
        if (!read.Ok)
        {
            StandardStreams.Write(StandardStreams.Error, $"itox: standard input: {read.Error.Describe()}\n");
            return 1;
        }

        ArrayBufferWriter<byte> output = new();
        ArrayBufferWriter<byte> complaints = new();
        bool converted = new ItoxConversion(directory, output, complaints).Run(input);
        StandardStreams.Write(StandardStreams.Error, complaints.WrittenSpan);
        bool written = !converted || StandardStreams.Write(StandardStreams.Output, output.WrittenSpan);
        return converted && written ? 0 : 1;
    }

    // Any beginning of the option's name stands for it.
    private static bool TryReadOptions(string[] arguments, out string? directory)
    {
        directory = arguments.Length == 2 ? arguments[1] : null;
        return arguments.Length == 0 || (arguments.Length == 2 && DirectoryOption.StartsWith(arguments[0], System.StringComparison.Ordinal));
    }
}
