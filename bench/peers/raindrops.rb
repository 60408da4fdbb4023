# raindrops (Debian: ruby-raindrops): CPU of each look in ms, as a list.
#   raindrops.rb listeners|own|own-fields SAMPLES
# own: TCP_Info#get! of 1,000 own sockets into one object; own-fields: and each of its fields read.
require 'raindrops'
require 'socket'

def cpu_ms
  Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) * 1e3
end

def looks(samples)
  yield
  Array.new(samples) do
    before = cpu_ms
    yield
    cpu_ms - before
  end
end

def own_sockets(count)
  server = TCPServer.new('127.0.0.1', 0)
  clients = []
  accepted = Array.new(count) do
    clients << TCPSocket.new('127.0.0.1', server.addr[1])
    server.accept
  end
  # Closed with RST: nothing stays in TIME-WAIT.
  (clients + accepted).each { |socket| socket.setsockopt(Socket::SOL_SOCKET, Socket::SO_LINGER, [1, 0].pack('ii')) }
  [accepted, clients]
end

# Some are declared and raise.
def fields(info)
  (Raindrops::TCP_Info.instance_methods(false) - [:get!]).select do |name|
    info.__send__(name)
    true
  rescue NotImplementedError
    false
  end
end

what, samples = ARGV[0], Integer(ARGV[1])
if what == 'listeners'
  diag = Raindrops::InetDiagSocket.new
  puts looks(samples) { Raindrops::Linux.tcp_listener_stats(nil, diag) }.inspect
else
  sockets, = own_sockets(1000)
  info = Raindrops::TCP_Info.new(sockets[0])
  names = what == 'own-fields' ? fields(info) : []
  puts(looks(samples) do
    sockets.each do |socket|
      info.get!(socket)
      names.each { |name| info.__send__(name) }
    end
  end.inspect)
end
