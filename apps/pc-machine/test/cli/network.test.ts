import { describe, expect, it } from "vitest";

import type { CommandLine } from "../../src/cli/command-line.js";
import { withAddresses } from "../../src/cli/back-ends/card-addresses.js";
import { openNetworks } from "../../src/cli/back-ends/networks.js";
import { parseCommandLine } from "../../src/cli/parse.js";

function parse(...words: readonly string[]): CommandLine {
  const request = parseCommandLine(words);
  if (request.kind !== "run") throw new Error("that is not a run");
  return request.line;
}

describe("-netdev", () => {
  it("is a network with what is let through", () => {
    const line = parse(
      "-netdev",
      "user,id=n0,net=192.168.7.0/24,hostname=guest,domainname=test,name=Server.Test:192.168.7.9," +
        "hostfwd=tcp::2222-:22,hostfwd=udp:127.0.0.1:5353-192.168.7.20:53," +
        "guestfwd=tcp:192.168.7.9:80-tcp:localhost:8080," +
        "guestfwd=tcp:192.168.7.9:7-cmd:tr a: b:,tftp=/srv/tftp,ipv4=on,ipv6=off,bootfile=/pxelinux.0,tftp-server-name=10.0.2.4",
    );
    const host = "127.0.0.1";
    expect(line.netdevs.get("n0")).toEqual({
      plan: { mask: 0xffff_ff00, host: 0xc0a8_0702, dns: 0xc0a8_0703, guest: 0xc0a8_070f },
      tftpFolder: "/srv/tftp",
      dhcp: {
        hostName: "guest",
        domain: "test",
        bootFile: "/pxelinux.0",
        tftpServer: "10.0.2.4",
      },
      names: new Map([["server.test", 0xc0a8_0709]]),
      hostForwards: [
        { protocol: "tcp", host: { host, port: 2222 }, guest: null, guestPort: 22 },
        { protocol: "udp", host: { host, port: 5353 }, guest: 0xc0a8_0714, guestPort: 53 },
      ],
      guestForwards: [
        {
          protocol: "tcp",
          server: 0xc0a8_0709,
          serverPort: 80,
          host: { host: "localhost", port: 8080 },
        },
        {
          protocol: "tcp",
          server: 0xc0a8_0709,
          serverPort: 7,
          host: { command: "tr a: b:" },
        },
      ],
    });
  });

  it.each([
    ["tap,id=n", "there is user"],
    ["user", "id= is missing"],
    ["user,id=n,foo=1", '"foo" is not known here'],
    ["user,id=n,net=10.0.0.0/33", "8 to 28 bits"],
    ["user,id=n,host=10.0.3.1", "is not in the network"],
    ["user,id=n,dns=10.0.2.2", "must be different"],
    ["user,id=n,dhcpstart=x", "must be an IPv4 address"],
    ["user,id=n,hostfwd=tcp:0.0.0.0:80-:80", "is not this host's loopback"],
    ["user,id=n,hostfwd=tcp::99999-:80", "there is no port 99999"],
    ["user,id=n,hostfwd=80", "must be hostfwd="],
    ["user,id=n,guestfwd=tcp:10.0.2.9:80-tcp:192.168.0.1:80", "is not this host's loopback"],
    ["user,id=n,guestfwd=tcp:10.0.3.9:80-tcp:127.0.0.1:80", "no free address"],
    ["user,id=n,guestfwd=udp:10.0.2.9:80-cmd:cat", "must be guestfwd="],
    ["user,id=n,guestfwd=tcp:10.0.2.9:80-tcp:cat", "must be guestfwd="],
    [`user,id=n,bootfile=${"x".repeat(128)}`, "must be 127 bytes at most"],
    ["user,id=n,ipv4=off", "a user network is one of IPv4"],
    ["user,id=n,ipv6=on", "there is no IPv6"],
    ["user,id=n,name=a", "must be NAME:ADDRESS"],
  ])("refuses %s", (value, message) => {
    expect(() => parse("-netdev", value)).toThrow(message);
  });

  it("is for one card", () => {
    const line = parse("-netdev", "user,id=n");
    using networks = openNetworks(line.netdevs, () => undefined);
    const take = (id: string): string => networks.take(id, "e1000.netdev").summary;
    expect(() => take("m")).toThrow("Property 'e1000.netdev' can't find value 'm'");
    expect(take("n")).toContain("type=user,net=10.0.2.0");
    expect(() => take("n")).toThrow("Property 'e1000.netdev' can't take value 'n', it's in use");
  });
});

describe("-nic", () => {
  it("is a card and its network", () => {
    const line = parse("-nic", "user,mac=52:54:00:00:00:01,hostfwd=tcp::2222-:22");
    expect([...line.netdevs.keys()]).toEqual(["#net0"]);
    expect(line.nics).toMatchObject([
      { driver: "e1000", properties: { netdev: "#net0", mac: "52:54:00:00:00:01" } },
    ]);
  });

  it("is there by itself, unless something is said about networks or there are no defaults", () => {
    expect(parse().nics).toMatchObject([{ driver: "e1000", properties: { netdev: "#net0" } }]);
    expect([...parse().netdevs.keys()]).toEqual(["#net0"]);
    expect(parse("-nic", "user").nics.length).toBe(1);
    const without = [
      ["-nic", "none"],
      ["-net", "none"],
      ["-netdev", "user,id=n"],
      ["-nodefaults"],
      ["-M", "none"],
    ];
    for (const words of without) expect([words, parse(...words).nics]).toEqual([words, []]);
  });

  it("comes before other devices, as on QEMU's board", () => {
    const line = parse("-device", "edu", "-nic", "user");
    expect([...line.nics, ...line.devices].map(({ driver }) => driver)).toEqual(["e1000", "edu"]);
  });

  it("has an address of its own", () => {
    const addresses = (...words: string[]): unknown[] =>
      withAddresses(parse(...words).nics, parse(...words).globals).map(
        ({ properties }) => properties["mac"],
      );
    expect(addresses()).toEqual(["52:54:00:12:34:56"]);
    expect(addresses("-nic", "user", "-nic", "user,mac=52:54:00:12:34:57", "-nic", "user")).toEqual(
      ["52:54:00:12:34:56", "52:54:00:12:34:57", "52:54:00:12:34:58"],
    );
    expect(addresses("-global", "e1000.mac=2:0:0:0:0:1")).toEqual([undefined]);
  });

  it("may be one behind virtio, which sends messages unless it is of -nic", () => {
    const cards = (...words: string[]) =>
      parse(...words).nics.map(({ driver, properties }) => [driver, properties["vectors"]]);
    expect(cards("-nic", "user,model=virtio")).toEqual([["virtio-net-pci", "0"]]);
    expect(cards("-net", "nic,model=virtio-net-pci", "-net", "user")).toEqual([
      ["virtio-net-pci", undefined],
    ]);
  });

  it("is nothing where it is none", () => {
    expect(parse("-nic", "none", "-net", "none").nics).toEqual([]);
    expect(() => parse("-nic", "user,model=ne2k_pci")).toThrow("must be e1000 or virtio");
  });
});

describe("-net", () => {
  it.each([
    [["-net", "nic", "-net", "user,hostfwd=tcp::2222-:22"]],
    [["-net", "user,hostfwd=tcp::2222-:22", "-net", "nic,model=e1000"]],
  ])("is a card and its network in two options: %j", (words) => {
    const line = parse(...words);
    expect(line.nics).toMatchObject([{ driver: "e1000", properties: { netdev: "#net0" } }]);
    expect(line.netdevs.get("#net0")?.hostForwards).toHaveLength(1);
  });

  it("can be one of them without the other", () => {
    const card = parse("-net", "nic,macaddr=52:54:00:00:00:09,addr=5");
    const properties = { mac: "52:54:00:00:00:09" };
    expect(card.nics).toMatchObject([{ addr: "5", properties }]);
    expect(card.nics[0]?.properties).toEqual(properties);
    expect(parse("-net", "user").nics).toEqual([]);
  });

  it.each([
    [["-net", "nic", "-net", "nic"], "there is a card already: use -nic"],
    [["-net", "user", "-net", "user"], "there is a network already: use -nic"],
    [["-net", "tap"], "there are nic and user"],
    [["-net", "nic,model=ne2k_pci"], "must be e1000 or virtio-net-pci"],
    [["-net", "nic,wrong=1"], '"wrong" is not known here'],
  ])("refuses %j", (words, message) => {
    expect(() => parse(...words)).toThrow(message);
  });
});
