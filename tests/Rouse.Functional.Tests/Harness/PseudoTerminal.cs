using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;

namespace Rouse.Harness;

/// <summary>
/// A program on a terminal of its own, made by script(1) of util-linux: keys go in, what would be on the screen comes out. How the terminal
/// was set before the program and after it is kept (stty(1)).
/// </summary>
internal sealed class PseudoTerminal : IDisposable
{
    private readonly Process _script;
    private readonly Scratch _scratch;
    private readonly StringBuilder _shown = new();

    private PseudoTerminal(Process script, Scratch scratch)
    {
        (_script, _scratch) = (script, scratch);
        new System.Threading.Thread(Read) { IsBackground = true }.Start();
    }

    /// <summary>Everything that was sent to the screen, with its control sequences; one char a byte.</summary>
    public string Shown
    {
        get
        {
            lock (_shown)
            {
                return _shown.ToString();
            }
        }
    }

    /// <summary>The program's process, once it has been started.</summary>
    public int Pid => int.Parse(Kept("pid"));

    public bool IsRestored => Kept("before") == Kept("after");

    public static PseudoTerminal Start(
        Scratch scratch, IReadOnlyDictionary<string, string> environment, int columns, int rows, string program, params string[] arguments)
    {
        string quoted = string.Join(' ', arguments.Prepend(program).Select(word => $"'{word.Replace("'", "'\\''")}'"));
        string line = scratch.Write(
            "on-terminal",
            $"#!/bin/sh\ncd {scratch.Folder}\ntty > tty\nstty cols {columns} rows {rows}\nstty -g > before\n"
            + $"sh -c 'echo $$ > pid.new; mv pid.new pid; exec \"$0\" \"$@\"' {quoted}\necho $? > status.new\nstty -g > after\nmv status.new status\n");
        File.SetUnixFileMode(line, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Dictionary<string, string> variables = new(Command.Environment) { ["TERM"] = "xterm", ["SHELL"] = "/bin/sh" };
        foreach ((string name, string value) in environment)
        {
            variables[name] = value;
        }

        var script = new Process { StartInfo = Command.Describe("script", ["-q", "-c", line, "/dev/null"], variables) };
        script.Start();
        return new PseudoTerminal(script, scratch);
    }

    public void Type(string keys)
    {
        _script.StandardInput.BaseStream.Write(Encoding.Latin1.GetBytes(keys));
        _script.StandardInput.BaseStream.Flush();
    }

    /// <summary>Waits until this has been sent to the screen; what was sent before a moment in question does not count.</summary>
    public void WaitFor(string text, int from = 0) =>
        Wait.Until(() => Shown.IndexOf(text, from, StringComparison.Ordinal) >= 0, () => $"«{text}» on the screen\n{Shown}");

    /// <summary>Gives the terminal another size, as a window does that is dragged.</summary>
    public void Resize(int columns, int rows) =>
        Command.Succeed(null, "stty", "-F", Kept("tty"), "cols", columns.ToString(), "rows", rows.ToString());

    /// <summary>The program's exit code.</summary>
    public int ExitCode()
    {
        Wait.Until(() => File.Exists(_scratch["status"]), () => $"the program's end\n{Shown}");
        return int.Parse(Kept("status"));
    }

    /// <summary>The terminal goes, as when a connection is cut.</summary>
    public void Cut() => _script.Kill();

    public void Dispose()
    {
        if (!_script.HasExited)
        {
            _script.StandardInput.Close();
            if (!_script.WaitForExit(2000))
            {
                _script.Kill(entireProcessTree: true);
                _script.WaitForExit(5000);
            }
        }

        _script.Dispose();
    }

    private string Kept(string name)
    {
        Wait.Until(() => File.Exists(_scratch[name]) && new FileInfo(_scratch[name]).Length > 0, () => $"the file {name}\n{Shown}");
        return File.ReadAllText(_scratch[name]).Trim();
    }

    private void Read()
    {
        byte[] buffer = new byte[4096];
        try
        {
            for (int n; (n = _script.StandardOutput.BaseStream.Read(buffer)) > 0;)
            {
                Collect(Encoding.Latin1.GetString(buffer, 0, n));
            }
        }
        catch (Exception end) when (end is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private void Collect(string? text)
    {
        lock (_shown)
        {
            _shown.Append(text);
        }
    }
}
