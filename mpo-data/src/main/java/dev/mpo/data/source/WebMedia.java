package dev.mpo.data.source;

/**
 * What an http(s) address answers.
 *
 * @param address as the row writes it
 * @param client fetches it
 */
record WebMedia(String address, WebClient client) implements Media {

    @Override
    public String name() {
        return address;
    }

    @Override
    public boolean isUrl() {
        return true;
    }

    @Override
    public byte[] read() {
        return client.fetch(address);
    }

    @Override
    public void requirePresent() {
        client.parse(address);
    }
}
