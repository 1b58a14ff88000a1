using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using Rouse.Harness;

namespace Rouse.Parity.Tests.Runner;

/// <summary>One case played with one subject: its stage, and the transcript that the case writes.</summary>
internal sealed class Scene : IDisposable
{
    private readonly Transcript _transcript = new();

    public Scene(Subject subject) => Stage = new Stage(subject);

    public Stage Stage { get; }

    public Daemon Daemon => Stage.Daemon;

    public string Probe => Stage.Probe;

    public string LogToFile => Stage.LogToFile;

    public string Transcript => _transcript.Normalised(Stage);

    public int NewPort() => Stage.NewPort();

    public void Start(string configuration, params string[] options) => Stage.Start(configuration, options);

    /// <summary>Starts with defaults that log everything to the stage's file.</summary>
    public void StartLogged(string configuration) => Stage.Start(
        Stanza.Defaults(LogToFile, "log_on_success = PID HOST EXIT DURATION", "log_on_failure = HOST") + configuration);

    public void Note(string label, string seen) => _transcript.Add(label, seen);

    public void NoteAll(string label, IEnumerable<string> seen) => _transcript.AddAll(label, seen);

    /// <summary>Asks a port and notes the answer.</summary>
    public string Ask(string label, int port, string send = "", bool halfClose = false, string? from = null)
    {
        string answer = Peer.Ask(port, send, halfClose, from: from);
        Note(label, answer);
        return answer;
    }

    /// <summary>
    /// Makes so many connections at once, that they come within a second on a busy machine too, and fewer when the port is closed before:
    /// what each got.
    /// </summary>
    public static IReadOnlyList<string> Press(int port, int connections)
    {
        List<Peer> peers = [];
        try
        {
            while (peers.Count < connections)
            {
                peers.Add(Peer.Connect(port));
            }
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
        {
            // Out of service by now.
        }

        string[] answers = [.. peers.Select(peer => peer.ReadToEnd())];
        peers.ForEach(peer => peer.Dispose());
        return answers;
    }

    /// <summary>Wakes a probe and notes these facts of its world.</summary>
    public World AskWorld(string label, int port, params string[] facts)
    {
        World world = World.Parse(Peer.Ask(port));
        foreach (string fact in facts)
        {
            NoteAll($"{label} {fact}", world.All(fact));
        }

        return world;
    }

    /// <summary>Notes the services' log once it has as many lines with this text, in an order that does not depend on the moment.</summary>
    public void NoteServiceLog(string awaited, int count = 1)
    {
        Stage.WaitForServiceLog(awaited, count);
        NoteAll("log", Stage.ServiceLog);
    }

    /// <summary>
    /// Notes the services' log in the order of its text: where a parent and its child both write, their order is chance.
    /// </summary>
    public void NoteServiceLogSorted(string awaited, int count = 1)
    {
        Stage.WaitForServiceLog(awaited, count);
        NoteAll("log", Stage.ServiceLog.Order(StringComparer.Ordinal));
    }

    /// <summary>How many lines of each kind the services' log has with this text.</summary>
    public string CountOf(string fragment) => string.Join(
        ", ",
        Stage.ServiceLog.Where(line => line.Contains(fragment)).CountBy(line => line.Split(':')[0]).Select(pair => $"{pair.Key} {pair.Value}"));

    /// <summary>The original empties a datagram socket after each answer: what arrives in that moment is lost there.</summary>
    public static void LetSocketBeEmptied() => Thread.Sleep(60);

    /// <summary>Notes the lines of the daemon's own log from a line with this text on.</summary>
    public void NoteDaemonLog(string from, string awaited, int count = 1)
    {
        Daemon.WaitForLog(awaited, count);
        NoteAll("daemon", Daemon.Log.SkipWhile(line => !line.Contains(from)));
    }

    public void Dispose() => Stage.Dispose();
}
