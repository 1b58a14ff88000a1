using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using Rouse.Linux.Tracing;

namespace Rouse.Linux.Tests;

/// <summary>Our numbers against the C library's own headers, by the compiler that links the program anyhow.</summary>
public sealed class HeaderTests
{
    private static readonly string[] Signals =
    [
        "HUP", "INT", "QUIT", "ABRT", "KILL", "USR1", "USR2", "PIPE", "ALRM", "TERM", "CHLD", "CONT", "TSTP", "TTIN", "TTOU", "IO", "STKFLT",
        "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "PWR", "SYS", "ILL", "TRAP", "BUS",
    ];

    [Fact]
    public void Every_errno_and_signal_has_the_headers_number()
    {
        string directory = Directory.CreateTempSubdirectory("rouse-headers-").FullName;
        try
        {
            using StringWriter source = new();
            source.WriteLine("#include <errno.h>\n#include <signal.h>\n#include <stdio.h>\nint main(void) {");
            foreach (Errno error in Enum.GetValues<Errno>())
            {
                if (error != Errno.None)
                {
                    source.WriteLine($"printf(\"{error} %d\\n\", {error});");
                }
            }

            foreach (string signal in Signals)
            {
                source.WriteLine($"printf(\"SIG{signal} %d\\n\", SIG{signal});");
            }

            source.WriteLine("return 0; }");
            File.WriteAllText(Path.Combine(directory, "numbers.c"), source.ToString());
            Run("gcc", directory, "-o", "numbers", "numbers.c");
            int compared = 0;
            foreach (string line in Run(Path.Combine(directory, "numbers"), directory).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] words = line.Split(' ');
                int number = int.Parse(words[1], CultureInfo.InvariantCulture);
                int ours = words[0].StartsWith("SIG", StringComparison.Ordinal) ? SignalNumber(words[0][3..]) : (int)Enum.Parse<Errno>(words[0]);
                Assert.True(ours == number, $"{words[0]} is {number} in the headers and {ours} here");
                compared++;
            }

            Assert.True(compared > 40);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Every_system_call_has_the_headers_number()
    {
        string directory = Directory.CreateTempSubdirectory("rouse-headers-").FullName;
        try
        {
            using StringWriter source = new();
            source.WriteLine("#include <sys/syscall.h>\n#include <stdio.h>\nint main(void) {");
            foreach (Syscall number in Enum.GetValues<Syscall>())
            {
                // Headers may be older than the kernel.
                source.WriteLine($"#ifdef SYS_{number}\nprintf(\"{number} %d\\n\", SYS_{number});\n#endif");
            }

            source.WriteLine("return 0; }");
            File.WriteAllText(Path.Combine(directory, "calls.c"), source.ToString());
            Run("gcc", directory, "-o", "calls", "calls.c");
            string[] lines = Run(Path.Combine(directory, "calls"), directory).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(lines.Length > 120);
            foreach (string line in lines)
            {
                string[] words = line.Split(' ');
                Assert.Equal(words[1], ((int)Enum.Parse<Syscall>(words[0])).ToString(CultureInfo.InvariantCulture));
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static int SignalNumber(string name) => (int)typeof(Signal).GetField(name)!.GetRawConstantValue()!;

    private static string Run(string program, string directory, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
